# Most of the time that a source file of the compiler takes is spent on MLIR's
# headers. They are compiled once, with the templates that they instantiate, and
# every library begins from that; libraries that look at graph ops begin from
# MLIR's headers and those of the graph dialect.
#
# A file still includes what it uses: it has to build with
# GRAPH_COMPILE_PRECOMPILE_HEADERS=OFF, too.

option(GRAPH_COMPILE_PRECOMPILE_HEADERS "Compile MLIR's headers only once" ON)

set(GRAPH_COMPILE_MLIR_HEADERS
  <mlir/Dialect/Arith/IR/Arith.h>
  <mlir/Dialect/Func/IR/FuncOps.h>
  <mlir/Dialect/LLVMIR/LLVMDialect.h>
  <mlir/Dialect/Linalg/IR/Linalg.h>
  <mlir/Dialect/Math/IR/Math.h>
  <mlir/Dialect/MemRef/IR/MemRef.h>
  <mlir/Dialect/SCF/IR/SCF.h>
  <mlir/Dialect/Tensor/IR/Tensor.h>
  <mlir/Dialect/Vector/IR/VectorOps.h>
  <mlir/IR/Builders.h>
  <mlir/IR/BuiltinOps.h>
  <mlir/IR/ImplicitLocOpBuilder.h>
  <mlir/IR/PatternMatch.h>
  <mlir/Pass/Pass.h>
  <mlir/Transforms/DialectConversion.h>)

# add_graph_compile_precompiled(target header..)
function(add_graph_compile_precompiled target)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "")
  add_library(${target} OBJECT ${source})
  target_precompile_headers(${target} PRIVATE ${ARGN})
  # Else ccache finds nothing: the time of a header is part of the result.
  target_compile_options(${target} PUBLIC "SHELL:-Xclang -fno-pch-timestamp")
  add_dependencies(${target} graph-compile-headers)
endfunction()

if(GRAPH_COMPILE_PRECOMPILE_HEADERS)
  add_graph_compile_precompiled(graph-compile-mlir-headers
    ${GRAPH_COMPILE_MLIR_HEADERS})
  add_graph_compile_precompiled(graph-compile-graph-headers
    ${GRAPH_COMPILE_MLIR_HEADERS} <graph-compile/Dialect/Graph/IR/Graph.h>)
endif()
