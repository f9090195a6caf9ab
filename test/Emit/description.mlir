// RUN: split-file %s %t
// RUN: not graph-compile %t/no-entry.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=ENTRY
// RUN: not graph-compile %t/no-results.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=RESULTS
// RUN: not graph-compile %t/type.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=TYPE
// RUN: not graph-compile %t/arena.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=ARENA
// RUN: not graph-compile %t/overlap.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=OVERLAP
// RUN: not graph-compile %t/data.mlir -c -o %t/out.o 2>&1 | FileCheck %s --check-prefix=DATA
// What the description of a model lacks is said where it is lacking.

//--- no-entry.mlir
// ENTRY: error: the module has no entry point: expected a graph.func, or at stage codegen an llvm.func with the attribute step.inputs
module {
  llvm.func @f()
}

//--- no-results.mlir
// RESULTS: error: 'llvm.func' op expects the array attribute step.results
module {
  llvm.func @f(!llvm.ptr) -> i32 attributes {step.inputs = []}
}

//--- type.mlir
// TYPE: error: 'llvm.func' op expects a type that the runtime has for "x", but got 'tensor<2xi7>'
module {
  llvm.func @f(!llvm.ptr) -> i32 attributes {step.inputs = [{name = "x", type = tensor<2xi7>}], step.results = []}
}

//--- arena.mlir
// ARENA: error: 'llvm.func' op expects step.arena_bytes from 0 to {{[0-9]+}}, but got -1
module {
  llvm.func @f(!llvm.ptr) -> i32 attributes {step.inputs = [], step.results = [], step.arena_bytes = -1 : i64}
}

//--- overlap.mlir
// OVERLAP: error: 'step.weight_data' op expects an offset from 80 on, where the constant before it ends, but got 64
module {
  step.weight_data @weight_0 at 0 = dense<1.0> : tensor<20xf32>
  step.weight_data @weight_1 at 64 = dense<1.0> : tensor<2xf32>
}

//--- data.mlir
// DATA: error: 'step.weight_data' op expects dense data of a type that the runtime has, present in memory, but got 'tensor<2xi7>'
module {
  step.weight_data @weight_0 at 0 = dense<1> : tensor<2xi7>
}
