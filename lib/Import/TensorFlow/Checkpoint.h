//===- Checkpoint.h - the tensors of a checkpoint ---------------*- C++ -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A checkpoint is a bundle of files: PREFIX.index says for each key what tensor
// it has and where, PREFIX.data-00000-of-00002 and so on have the bytes.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKPOINT_H
#define GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKPOINT_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>
#include <vector>

namespace graph_compile::tensorflow {

namespace proto {
class BundleEntryProto;
} // namespace proto

/// A part of a tensor: along each dim a start and a length.
struct TensorSlice {
  /// All of the dim, whatever that is. The same as stating it, but not in keys.
  static constexpr int64_t full = -1;

  llvm::SmallVector<int64_t> starts;
  llvm::SmallVector<int64_t> lengths;

  /// Returns the slice that `text` means, as RestoreV2 has it: `0,2:-:5,1`.
  static std::optional<TensorSlice> parse(llvm::StringRef text);

  /// Returns whether this is a part of a tensor of that shape, and then states
  /// all lengths.
  bool resolve(llvm::ArrayRef<int64_t> shape);
};

/// Returns the key under which a bundle has a part of a tensor.
std::string encodeSliceKey(llvm::StringRef key, const TensorSlice &slice);

/// Reads one checkpoint. Whatever is wrong with it is an error at the file that
/// is wrong.
class Checkpoint {
public:
  /// Opens `prefix`.index. The files of the data are opened when they are
  /// needed.
  static mlir::FailureOr<std::unique_ptr<Checkpoint>>
  open(mlir::MLIRContext *context, llvm::StringRef prefix);
  ~Checkpoint();

  bool contains(llvm::StringRef key) const { return entries.contains(key); }

  /// Returns the type of what is read for `key`: the dialect must have it. A
  /// slice is what RestoreV2 has: empty for the whole tensor, otherwise its
  /// shape and a slice of that, `4 3 0,2:0,3`.
  mlir::FailureOr<mlir::RankedTensorType> getType(llvm::StringRef key,
                                                  llvm::StringRef slice);

  /// Returns the tensor, or its slice. The bytes of a large one stay in the
  /// mapped file, which lives as long as the attribute. `name` is that of its
  /// resource.
  mlir::FailureOr<mlir::ElementsAttr>
  read(llvm::StringRef key, llvm::StringRef slice, llvm::StringRef name);

  /// Returns a single string.
  mlir::FailureOr<std::string> readString(llvm::StringRef key);

  /// Reports that what a key has is not what it should be.
  mlir::LogicalResult reportDamage(llvm::StringRef key);

private:
  /// What getType and read find out about a key and a slice.
  struct Request;
  struct Part;

  Checkpoint(mlir::MLIRContext *context, llvm::StringRef prefix);

  mlir::LogicalResult readIndex();
  mlir::LogicalResult readHeader(llvm::StringRef bytes);
  /// Begins an error about the index as a whole, or about a key in a file.
  mlir::InFlightDiagnostic error();
  mlir::InFlightDiagnostic error(llvm::StringRef key);
  mlir::InFlightDiagnostic error(llvm::StringRef key, llvm::StringRef path);

  mlir::FailureOr<const proto::BundleEntryProto *> find(llvm::StringRef key);
  mlir::FailureOr<Request> makeRequest(llvm::StringRef key,
                                       llvm::StringRef slice);
  /// The parts that have something of what is wanted.
  mlir::FailureOr<std::vector<Part>> findParts(const Request &request);
  /// Puts a tensor, or a slice, together from parts.
  mlir::FailureOr<std::string> assemble(const Request &request);

  std::string getShardPath(int32_t shard) const;
  mlir::FailureOr<std::shared_ptr<llvm::MemoryBuffer>>
  openShard(llvm::StringRef key, int32_t shard);
  /// The bytes of an entry, inside of the file.
  mlir::FailureOr<llvm::StringRef>
  getBytes(llvm::StringRef key, const proto::BundleEntryProto &entry);
  /// The bytes of a tensor of numbers, whose checksum is right.
  mlir::FailureOr<llvm::StringRef>
  getTensorBytes(llvm::StringRef key, const proto::BundleEntryProto &entry);

  mlir::MLIRContext *context;
  std::string prefix;
  std::string indexPath;
  int32_t numShards = 0;
  llvm::StringMap<std::unique_ptr<proto::BundleEntryProto>> entries;
  llvm::DenseMap<int32_t, std::shared_ptr<llvm::MemoryBuffer>> shards;
  /// Keys whose checksums were right.
  llvm::StringSet<> verified;
};

} // namespace graph_compile::tensorflow

#endif // GRAPH_COMPILE_LIB_IMPORT_TENSORFLOW_CHECKPOINT_H
