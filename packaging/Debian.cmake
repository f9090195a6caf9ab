# Debian packages: `cpack -G DEB` in the build folder makes graph-compile, the
# compiler, and libgcrt-dev, what programs link.

set(CPACK_PACKAGE_VENDOR "The graph-compile maintainers")
set(CPACK_PACKAGE_CONTACT "The graph-compile maintainers <maintainers@graph-compile.invalid>")
# Each package has its own summary, the first line of its description.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/DebianStaging.cmake)
set(CPACK_GENERATOR DEB)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_COMPONENTS_ALL "")

# Debian has its own changelog, compressed.
find_program(GZIP_PROGRAM gzip REQUIRED)
configure_file(debian/changelog.in changelog @ONLY)
execute_process(COMMAND ${GZIP_PROGRAM} -9nkf ${CMAKE_CURRENT_BINARY_DIR}/changelog
  COMMAND_ERROR_IS_FATAL ANY)

# add_debian_package(component name) makes the package `name` of a component and
# of what belongs into a Debian package only, which `cmake --install` leaves out.
macro(add_debian_package component name)
  set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/${name})
  install(FILES debian/copyright ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz
    DESTINATION ${documents} COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/debian/${name}.lintian-overrides)
    install(FILES debian/${name}.lintian-overrides RENAME ${name}
      DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/lintian/overrides
      COMPONENT ${component}-debian EXCLUDE_FROM_ALL)
  endif()
  list(APPEND CPACK_COMPONENTS_ALL ${component} ${component}-debian)
  string(TOUPPER ${component} group)
  set(CPACK_COMPONENT_${group}_GROUP ${component})
  set(CPACK_COMPONENT_${group}-DEBIAN_GROUP ${component})
  set(CPACK_DEBIAN_${group}_PACKAGE_NAME ${name})
endmacro()

#===-- The packages -------------------------------------------------------===#

add_debian_package(runtime libgcrt-dev)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_DEPENDS libc6-dev)
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION "Runtime of compiled machine-learning graphs
The static library, the C headers and the CMake and pkg-config files that a
program needs to link models that graph-compile has compiled.")

if(GRAPH_COMPILE_BUILD_COMPILER)
  add_debian_package(compiler graph-compile)
  set(CPACK_DEBIAN_COMPILER_PACKAGE_SECTION devel)
  set(CPACK_DEBIAN_COMPILER_PACKAGE_SHLIBDEPS ON)
  # What it links executables with: a compiler of the system, or LLVM's linker.
  set(CPACK_DEBIAN_COMPILER_PACKAGE_DEPENDS
    "libgcrt-dev (= ${PROJECT_VERSION}), gcc | c-compiler | lld-22")
  set(CPACK_COMPONENT_COMPILER_DESCRIPTION "${PROJECT_DESCRIPTION}
Takes a TensorFlow graph and makes a native executable, object or library of
it, with a header for C and C++. Control dependencies, variables, assertions
and prints keep the order that the graph states.")
endif()

include(CPack)
