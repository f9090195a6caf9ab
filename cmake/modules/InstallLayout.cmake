# Where `cmake --install` puts things: as GNU and Debian have it. Debian keeps the
# libraries of an architecture in a folder of their own under every prefix, where
# its linkers, pkg-config and CMake look.
if(EXISTS /etc/debian_version AND CMAKE_LIBRARY_ARCHITECTURE)
  set(CMAKE_INSTALL_LIBDIR lib/${CMAKE_LIBRARY_ARCHITECTURE} CACHE PATH
    "Libraries, relative to the prefix")
endif()
include(GNUInstallDirs)

# The parts that can be installed by themselves (`cmake --install --component`):
# runtime, what a program needs that links compiled models, and compiler.
set(GRAPH_COMPILE_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/GraphCompile)
set(GRAPH_COMPILE_PKGCONFIG_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
