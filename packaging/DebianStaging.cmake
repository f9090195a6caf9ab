# CPack runs this between installing the components, each in a folder of its name,
# and making packages of them.

# Takes from static libraries what linkers do not need: CPack strips programs only.
find_program(STRIP_PROGRAM strip REQUIRED)
file(GLOB_RECURSE archives ${CPACK_TEMPORARY_DIRECTORY}/*.a)
foreach(archive IN LISTS archives)
  execute_process(
    COMMAND ${STRIP_PROGRAM} --strip-debug --remove-section=.comment --enable-deterministic-archives ${archive}
    COMMAND_ERROR_IS_FATAL ANY)
endforeach()

# dpkg-shlibdeps finds libLLVM.so under two names, of which one is a link that
# belongs to llvm-22-dev and tells it nothing. It gets from here what libllvm22 says.
if(EXISTS ${CPACK_TEMPORARY_DIRECTORY}/compiler)
  execute_process(COMMAND dpkg-query --control-show libllvm22 shlibs
    OUTPUT_VARIABLE shlibs
    COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${CPACK_TEMPORARY_DIRECTORY}/compiler/debian/shlibs.local "${shlibs}")
endif()
