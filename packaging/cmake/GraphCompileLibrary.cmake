# graph_compile_library(TARGET MODEL [CONFIG file.json] [NAME id] [OPTIONS option..] [SHARED])
#
# Adds the library TARGET, which holds MODEL, compiled, and everything that its
# users need: `target_link_libraries(program PRIVATE TARGET)` is all. Its header is
# NAME.h, or else has the name of MODEL's file, and lies in a folder of TARGET's.
#
#   CONFIG   the entry points of MODEL (--config)
#   NAME     the prefix of the symbols in C (--name)
#   OPTIONS  more options of graph-compile, such as --cpu=x86-64-v3
#   SHARED   makes a shared library, which contains the runtime; else it is static
#
# MODEL is compiled again when it, its configuration or the compiler changes. Paths
# are relative to the current source folder. With --weights=file among the options
# the weights are in TARGET.model/ in the current build folder, from where they go
# beside the program or the shared library.
function(graph_compile_library target model)
  cmake_parse_arguments(PARSE_ARGV 2 ARG "SHARED" "CONFIG;NAME" "OPTIONS")
  # A project may have none at all.
  list(REMOVE_ITEM ARG_KEYWORDS_MISSING_VALUES OPTIONS)
  if(ARG_UNPARSED_ARGUMENTS OR ARG_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR
      "graph_compile_library(${target}): expected TARGET MODEL [CONFIG file.json] [NAME id] "
      "[OPTIONS option..] [SHARED], but got: ${ARG_UNPARSED_ARGUMENTS} ${ARG_KEYWORDS_MISSING_VALUES}")
  endif()
  if(NOT TARGET GraphCompile::graph-compile)
    message(FATAL_ERROR
      "graph_compile_library(${target}): the compiler is not installed beside the runtime in "
      "${GraphCompile_DIR}; install graph-compile")
  endif()

  set(options ${ARG_OPTIONS})
  cmake_path(ABSOLUTE_PATH model BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
  set(sources ${model})
  if(IS_DIRECTORY ${model})
    # A SavedModel. Its folder does not change when a file in it does.
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${model}/*)
  endif()
  if(ARG_CONFIG)
    cmake_path(ABSOLUTE_PATH ARG_CONFIG BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} NORMALIZE)
    list(APPEND sources ${ARG_CONFIG})
    list(APPEND options --config ${ARG_CONFIG})
  endif()
  if(ARG_NAME)
    set(stem ${ARG_NAME})
    list(APPEND options --name ${ARG_NAME})
  else()
    cmake_path(GET model STEM LAST_ONLY stem)
  endif()

  # A folder for each target: its headers are seen by who links it, no others.
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target}.model)
  file(MAKE_DIRECTORY ${folder})
  set(object ${folder}/${stem}.o)
  set(header ${folder}/${stem}.h)
  add_custom_command(OUTPUT ${object} ${header}
    COMMAND GraphCompile::graph-compile ${model} --emit=obj -o ${object} ${options}
    DEPENDS ${sources} $<TARGET_FILE:GraphCompile::graph-compile>
    COMMENT "Compiling model ${model}"
    VERBATIM)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT TRUE)

  if(ARG_SHARED)
    add_library(${target} SHARED ${object} ${header})
    # Who links the library calls the runtime in it.
    target_link_libraries(${target} PRIVATE $<LINK_LIBRARY:WHOLE_ARCHIVE,GraphCompile::gcrt>)
    target_include_directories(${target} SYSTEM INTERFACE
      $<TARGET_PROPERTY:GraphCompile::gcrt,INTERFACE_INCLUDE_DIRECTORIES>)
  else()
    add_library(${target} STATIC ${object} ${header})
    target_link_libraries(${target} PUBLIC GraphCompile::gcrt)
  endif()
  target_include_directories(${target} INTERFACE $<BUILD_INTERFACE:${folder}>)
  # An object does not say which language it came from; any linker will do.
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(C IN_LIST languages)
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  else()
    set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  endif()
endfunction()
