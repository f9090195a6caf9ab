//===- StepMemory.h - where each value of a step lives ----------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The decisions of `step-plan-memory`, made on a step of stage `kernels` before
// anything is rewritten.
//
// A value that passes the border of a region (what a branch yields and the
// result of the conditional, what a loop starts with, carries and ends with)
// has a storage on each side. Where their live ranges allow it they become one,
// and nothing has to be done at the border; elsewhere the border copies.
// Between two iterations nothing is copied that was computed in the loop: what
// cannot be written over the old value goes to a second buffer, and the two
// change roles.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H
#define GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H

#include "LiveRange.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
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
  /// The first one where several do.
  mlir::Operation *writer = nullptr;
  /// Where its contents are needed, and from where to where that is.
  LiveRange range;
  Lifetime lifetime;
  /// The most that it has to hold; not known beforehand if it is open.
  int64_t bytes = 0;
  bool isOpen = false;
  /// Operations of one block write it, all with the sizes of `root`.
  bool isSimple = true;
  int64_t index = 0;
  mlir::StringAttr variable;
  /// Whose value a kernel writes to the variable; null where none does.
  step::StoreOp store;

  /// Written by the step, and free to be placed anywhere.
  bool isUndecided() const { return writer && kind == Kind::Arena; }
};

/// The buffers of a loop whose carried tensors are not all updated in place.
struct LoopBuffers {
  /// A storage that lies in another place from iteration to iteration.
  struct Buffer {
    unsigned storage = 0;
    /// The carried tensor that it holds, or will.
    mlir::Value carried;
    /// The buffer whose place it has in the next iteration.
    unsigned source = 0;
  };
  /// Those of what the loop carries, then those of next values.
  llvm::SmallVector<Buffer> buffers;
  unsigned numCarried = 0;

  /// A carried tensor whose next value has to be copied into a buffer first.
  struct Copy {
    unsigned carried = 0;
    unsigned storage = 0;
  };
  llvm::SmallVector<Copy> copies;
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

/// Scalars that `use` stores one by one, so that no tensor of them is needed.
bool isScalarStore(mlir::OpOperand &use);

class StepMemory {
public:
  StepMemory(mlir::func::FuncOp step, ModuleSymbols &symbols, int64_t redZone);

  /// The storage of `tensor`, or null: a destination, or scalars that are
  /// stored one by one.
  const Storage *lookup(mlir::Value tensor) const;
  /// The number of the storage of `tensor`, if it has one.
  std::optional<unsigned> getNumber(mlir::Value tensor) const;
  const Storage &getStorage(unsigned number) const { return storages[number]; }
  /// Whether the same storage holds both tensors.
  bool share(mlir::Value lhs, mlir::Value rhs) const {
    const Storage *storage = lookup(lhs);
    return storage && storage == lookup(rhs);
  }
  /// The buffers of `loop`; none if it updates all that it carries in place.
  const LoopBuffers &getBuffers(mlir::scf::WhileOp loop) const {
    return buffersOf.find(loop)->second;
  }

  /// Whether the value is already where `store` wants it: a kernel wrote it
  /// there, or it is the variable's own.
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

  llvm::ArrayRef<Storage> getStorages() const { return storages; }
  const StepOrder &getOrder() const { return order; }

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
  // Collection.
  void collect(mlir::func::FuncOp step);
  void collect(mlir::Block &block);
  void visit(mlir::Operation *op);
  void visitRegions(mlir::Operation *op);
  void visitRegion(mlir::Region &region, bool alwaysRuns);
  void visitBranches(mlir::Operation *op);
  void visitLoop(mlir::scf::WhileOp loop);
  void checkSet(mlir::Operation *access, mlir::StringAttr name);
  void setVariable(mlir::StringAttr name, Variable &variable);
  void visitLoad(step::LoadOp load);
  void visitStore(step::StoreOp store);
  void visitLaunch(step::LaunchOp launch);
  Variable &getVariable(mlir::StringAttr name);
  unsigned addStorage(mlir::Value root, Storage::Kind kind,
                      mlir::Operation *writer, unsigned from);
  unsigned addStorage(mlir::Value root, Storage::Kind kind,
                      mlir::Operation *writer);
  void addBorderStorages(mlir::ValueRange values, mlir::Operation *writer,
                         unsigned from);
  void touch(mlir::OpOperand &use);
  void computeLiveness();

  // Sharing.
  void shareStorages();
  void continueInPlace(mlir::Operation *op, mlir::Value contents,
                       mlir::Value result);
  void shareBranches(mlir::Operation *op);
  void shareLoop(mlir::scf::WhileOp loop);
  void planBuffers(mlir::scf::WhileOp loop);
  void shareResults(mlir::scf::WhileOp loop);
  void equalizeBuffers();
  unsigned find(unsigned storage);
  std::optional<unsigned> findOf(mlir::Value tensor);
  bool tryMerge(mlir::Value lhs, mlir::Value rhs, bool isSimple = false);
  bool mayTouch(const LiveRange::Interval &common, unsigned lhs, unsigned rhs,
                llvm::SmallVectorImpl<mlir::Operation *> &overwriting);
  bool mayOverwrite(step::LaunchOp launch, unsigned lhs, unsigned rhs);
  bool bordersAgree(mlir::Operation *op, bool atEnd, unsigned lhs,
                    unsigned rhs);
  void renumber();

  // Places.
  void copyClobberedSnapshots();
  void placeInVariables();
  bool tryPlaceInVariable(mlir::StringAttr name, Variable &variable,
                          unsigned access);
  bool isOverwritable(const Storage &alias, const Storage &value) const;
  void placeInOutputs(mlir::func::ReturnOp terminator);
  void layOut(int64_t redZone);

  ModuleSymbols &symbols;
  StepOrder order;
  mlir::Block *body;
  std::vector<Storage> storages;
  llvm::DenseMap<mlir::Value, unsigned> storageOf;
  /// Of each storage: the point from which on its root is there, what reads it
  /// there, and single points beside.
  std::vector<unsigned> definedAt;
  std::vector<llvm::SmallVector<StepOrder::Use, 2>> usesOf;
  std::vector<std::pair<unsigned, LiveRange::Interval>> borderPoints;
  /// Operations at which storages may become one, in their order; those with
  /// regions after what is in them.
  std::vector<mlir::Operation *> joints;
  /// What each storage has become part of.
  std::vector<unsigned> owner;
  llvm::MapVector<mlir::Operation *, LoopBuffers> buffersOf;
  llvm::MapVector<mlir::StringAttr, Variable> variables;
  /// Variables in the order in which they are known to be set.
  llvm::SmallVector<mlir::StringAttr> setVariables;
  llvm::DenseSet<mlir::Operation *> storedInPlace, inPlace, needCheck, needMark;
  llvm::SmallVector<bool> outputInPlace;
  unsigned position = 0;
  unsigned lastFailure = 0;
  int64_t arenaBytes = 0;
  unsigned numSlots = 0;
};

} // namespace graph_compile

#endif // GRAPH_COMPILE_LIB_CODEGEN_COMMON_STEPMEMORY_H
