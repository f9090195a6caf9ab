// Calls a function that does not exist.
module {
  llvm.func @nobody_has_this() -> i32
  llvm.func @f(%frame: !llvm.ptr) -> i32 attributes {step.inputs = [], step.results = []} {
    %0 = llvm.call @nobody_has_this() : () -> i32
    llvm.return %0 : i32
  }
}
