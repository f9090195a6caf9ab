# Thin wrappers around MLIR's functions: they add what every library of the
# project needs, so that a room's CMakeLists.txt lists only its own sources.

# add_graph_compile_library(NAME source.. [GRAPH] [DEPENDS target..] [LINK_LIBS [PUBLIC] library..])
#
# A static library of the compiler. MLIR and LLVM come from their shared
# libraries (libMLIR.so, libLLVM.so); LINK_LIBS names the project's own only.
# GRAPH says that most of its sources look at graph ops.
function(add_graph_compile_library name)
  cmake_parse_arguments(ARG "GRAPH" "" "DEPENDS;LINK_LIBS" ${ARGN})
  list(REMOVE_ITEM ARG_LINK_LIBS PUBLIC PRIVATE)
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS} MLIR LLVM)
  # Generated headers of all dialects exist before any source is compiled.
  add_dependencies(${name} graph-compile-headers)
  if(GRAPH_COMPILE_PRECOMPILE_HEADERS)
    if(ARG_GRAPH)
      set(headers graph-compile-graph-headers)
    else()
      set(headers graph-compile-mlir-headers)
    endif()
    target_precompile_headers(${name} REUSE_FROM ${headers})
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
endfunction()

# add_graph_compile_tablegen(target file.td generator output [generator output]..)
#
# Runs mlir-tblgen; `generator` is written without its dash, for example
# gen-op-decls. A generator with options is quoted: "gen-dialect-decls -dialect=graph".
function(add_graph_compile_tablegen target file)
  set(LLVM_TARGET_DEFINITIONS ${file})
  set(arguments ${ARGN})
  while(arguments)
    list(POP_FRONT arguments generator output)
    separate_arguments(options UNIX_COMMAND "-${generator}")
    mlir_tablegen(${output} ${options})
  endwhile()
  add_public_tablegen_target(${target})
  add_dependencies(graph-compile-headers ${target})
endfunction()

# add_graph_compile_doc(file.td output generator)
#
# Generates docs/OUTPUT.md in the build folder as part of graph-compile-doc.
function(add_graph_compile_doc file output generator)
  set(LLVM_TARGET_DEFINITIONS ${file})
  separate_arguments(options UNIX_COMMAND "-${generator}")
  tablegen(MLIR ${output}.md ${options})
  set(document ${PROJECT_BINARY_DIR}/docs/${output}.md)
  add_custom_command(OUTPUT ${document}
    COMMAND ${CMAKE_COMMAND} -E copy ${CMAKE_CURRENT_BINARY_DIR}/${output}.md ${document}
    DEPENDS ${CMAKE_CURRENT_BINARY_DIR}/${output}.md)
  add_custom_target(${output}DocGen DEPENDS ${document})
  add_dependencies(graph-compile-doc ${output}DocGen)
endfunction()

# What every executable that links LLVM contains when sanitizers are on.
set(GRAPH_COMPILE_SANITIZER_SOURCES "")
if(GRAPH_COMPILE_SANITIZER MATCHES "address")
  set(GRAPH_COMPILE_SANITIZER_SOURCES
    ${PROJECT_SOURCE_DIR}/cmake/modules/AddressSanitizerOptions.cpp)
endif()

# add_graph_compile_tool(NAME source.. LINK_LIBS library..)
function(add_graph_compile_tool name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS} ${GRAPH_COMPILE_SANITIZER_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM)
endfunction()

# add_graph_compile_unittest(NAME source.. LINK_LIBS library..)
#
# A GoogleTest program, part of graph-compile-unittests and of CTest.
function(add_graph_compile_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK_LIBS" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS} ${GRAPH_COMPILE_SANITIZER_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK_LIBS} MLIR LLVM GTest::gtest GTest::gmock GTest::gtest_main)
  add_dependencies(graph-compile-unittests ${name})
  add_test(NAME ${name} COMMAND ${name})
endfunction()

add_custom_target(graph-compile-headers)
include(PrecompileHeaders)
