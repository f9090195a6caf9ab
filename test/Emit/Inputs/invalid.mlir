// An entry point whose input has no type.
module {

  llvm.func @f(%frame: !llvm.ptr) -> i32 attributes {step.inputs = [{name = "x"}], step.results = []} {
    %0 = llvm.mlir.constant(0 : i32) : i32
    llvm.return %0 : i32
  }
}
