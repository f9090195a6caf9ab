//===- StepMemory.h - where each value of a step lives ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decisions of `step-plan-memory`, made on a step of stage `kernels` before
// anything is rewritten. A position is the number of an operation in its step.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H

#include "graph-compile/Codegen/Common/PlacePlanner.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/MapVector.h"

namespace graph_compile {

/// What the plan needs to know of the module, looked up once per symbol.
class ModuleSymbols {
public:
  explicit ModuleSymbols(mlir::ModuleOp module) : table(module) {}

  bool hasInitialValue(mlir::StringAttr variable);

  mlir::func::FuncOp getKernel(mlir::StringAttr name) {
    return table.lookup<mlir::func::FuncOp>(name);
  }

  /// Whether the kernel of `launch` reads the memref of input `input` only at
  /// the element that it then writes to output `output`.
  bool readsInPlace(step::LaunchOp launch, unsigned input, unsigned output);

  mlir::SymbolTable &getTable() { return table; }

private:
  mlir::SymbolTable table;
};

/// Memory that one tensor, and all views of it, live in.
struct Storage {
  enum class Kind {
    Input,    // the caller's; `index` is the argument
    Variable, // the instance's; `variable` names it
    Weight,   // the model's
    Output,   // of the result `index`
    Arena,    // `index` is the offset
    Scratch,  // `index` is the slot
  };

  Kind kind = Kind::Arena;
  /// What the storage was made for.
  mlir::Value root;
  /// The operation that writes it; null where it is not the step's to write.
  mlir::Operation *writer = nullptr;
  Lifetime lifetime;
  int64_t index = 0;
  mlir::StringAttr variable;

  /// Written by the step, and free to be placed anywhere.
  bool isUndecided() const { return writer && kind == Kind::Arena; }
};

/// Sizes of the open dimensions of `tensor`, which a kernel or load defines.
/// Nothing if a kernel goes on from contents whose sizes are not written down.
std::optional<llvm::SmallVector<mlir::Value>> getOpenSizes(mlir::Value tensor);

/// Sizes of the open dimensions of `tensor`, a view of what `writer` defines,
/// each as the factors of a product. Nothing if they are not known where
/// `writer` is.
using SizeFactors = llvm::SmallVector<mlir::OpFoldResult, 2>;
std::optional<llvm::SmallVector<SizeFactors>>
getOpenSizesAt(mlir::Value tensor, mlir::Operation *writer);

/// Whether `op` gives the elements of its first operand another shape or type.
bool isView(mlir::Operation *op);

/// A load of a rank-0 variable: its value is read into a register at once.
bool isScalarLoad(mlir::Value tensor);

class StepMemory {
public:
  StepMemory(mlir::func::FuncOp step, ModuleSymbols &symbols, int64_t redZone);

  /// The storage of `tensor`, or null: a destination, or scalars that are
  /// stored one by one.
  const Storage *lookup(mlir::Value tensor) const;

  /// Whether a kernel wrote the value already where `store` wants it.
  bool isStoredInPlace(step::StoreOp store) const {
    return storedInPlace.contains(store);
  }
  /// Whether the kernel of `launch` overwrites one of its inputs.
  bool isInPlace(step::LaunchOp launch) const {
    return inPlace.contains(launch);
  }
  /// Whether `load` may find its variable unset.
  /// Asked of loads and of checks without one.
  bool needsCheck(mlir::Operation *access) const {
    return needCheck.contains(access);
  }
  /// Whether `store` may be the first of its variable.
  bool needsMark(step::StoreOp store) const { return needMark.contains(store); }
  /// Whether result `index` is written where it belongs by its kernel.
  bool isOutputInPlace(unsigned index) const { return outputInPlace[index]; }

  int64_t getArenaBytes() const { return arenaBytes; }
  unsigned getNumSlots() const { return numSlots; }

private:
  struct Access {
    unsigned position = 0;
    /// Of the snapshot or the stored value; none for scalars.
    std::optional<unsigned> storage;
    /// Null for a load.
    step::StoreOp store;
    /// The last operation before this one that may have failed the call.
    unsigned lastFailure = 0;
    /// The stored value lives in the variable.
    bool inPlace = false;
  };
  struct Variable {
    llvm::SmallVector<Access, 2> accesses;
    bool isSet = false;
  };
  /// A kernel that goes on from contents; both are storages.
  struct Continuation {
    step::LaunchOp launch;
    unsigned contents;
    unsigned result;
  };

  void collect(mlir::func::FuncOp step);
  void visit(mlir::Operation *op);
  void checkSet(mlir::Operation *access, Variable &variable);
  void visitLoad(step::LoadOp load);
  void visitStore(step::StoreOp store);
  Variable &getVariable(mlir::StringAttr name);
  unsigned addStorage(mlir::Value root, Storage::Kind kind,
                      mlir::Operation *writer);
  void touch(mlir::OpOperand &use);

  void copyClobberedSnapshots();
  void continueInPlace();
  void placeInVariables();
  bool tryPlaceInVariable(mlir::StringAttr name, Variable &variable,
                          unsigned access);
  bool isOverwritable(const Storage &alias, const Storage &value) const;
  void placeInOutputs(mlir::func::ReturnOp terminator);
  void layOut(int64_t redZone);

  ModuleSymbols &symbols;
  std::vector<Storage> storages;
  llvm::DenseMap<mlir::Value, unsigned> storageOf;
  llvm::MapVector<mlir::StringAttr, Variable> variables;
  std::vector<Continuation> continuations;
  llvm::DenseSet<mlir::Operation *> storedInPlace, inPlace, needCheck, needMark;
  llvm::SmallVector<bool> outputInPlace;
  unsigned position = 0;
  unsigned lastFailure = 0;
  int64_t arenaBytes = 0;
  unsigned numSlots = 0;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H
