//===- Checkpoint.cpp - the tensors of a checkpoint -----------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"

#include "Attributes.h"
#include "BundleIndex.h"
#include "Constants.h"
#include "Crc32c.h"
#include "ProtobufFields.h"
#include "Types.h"
#include "saved_model.pb.h"

#include "graph-compile/Support/NearestName.h"

#include "mlir/IR/Location.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"

#include <cstring>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

/// The version of the format that this reader knows.
static constexpr int kVersion = 1;

/// Everything about one tensor of the checkpoint, or the slice of one.
struct Checkpoint::Request {
  std::string key;
  const proto::BundleEntryProto *entry = nullptr;
  /// The whole tensor's.
  SmallVector<int64_t> shape;
  TensorSlice slice;
  /// The slice's.
  RankedTensorType type;
};

/// A part of a tensor that has an entry of its own.
struct Checkpoint::Part {
  std::string key;
  const proto::BundleEntryProto *entry;
  TensorSlice slice;
};

/// The bytes of one element; booleans take one.
static size_t getElementBytes(Type elementType) {
  return llvm::divideCeil(elementType.getIntOrFloatBitWidth(), 8);
}

/// The bytes of a tensor; nothing if no file can have so many.
static std::optional<int64_t> countBytes(ArrayRef<int64_t> shape,
                                         Type elementType) {
  int64_t bytes = getElementBytes(elementType);
  for (int64_t dim : shape)
    if (dim < 0 || llvm::MulOverflow(bytes, dim, bytes))
      return std::nullopt;
  return bytes;
}

//===----------------------------------------------------------------------===//
// The index
//===----------------------------------------------------------------------===//

Checkpoint::Checkpoint(MLIRContext *context, StringRef prefix)
    : context(context), prefix(prefix), indexPath((prefix + ".index").str()) {}

Checkpoint::~Checkpoint() = default;

InFlightDiagnostic Checkpoint::error() {
  return emitError(FileLineColLoc::get(context, indexPath, 0, 0))
         << "not a checkpoint: ";
}

InFlightDiagnostic Checkpoint::error(StringRef key, StringRef path) {
  return emitError(FileLineColLoc::get(context, path, 0, 0))
         << "checkpoint key \"" << key << "\": ";
}

InFlightDiagnostic Checkpoint::error(StringRef key) {
  return error(key, indexPath);
}

LogicalResult Checkpoint::reportDamage(StringRef key) {
  return error(key) << "its contents are damaged";
}

FailureOr<std::unique_ptr<Checkpoint>> Checkpoint::open(MLIRContext *context,
                                                        StringRef prefix) {
  std::unique_ptr<Checkpoint> checkpoint(new Checkpoint(context, prefix));
  if (failed(checkpoint->readIndex()))
    return failure();
  return checkpoint;
}

LogicalResult Checkpoint::readHeader(StringRef bytes) {
  proto::BundleHeaderProto header;
  if (!parseMessage(bytes, header))
    return error() << "its header is damaged";
  if (header.endianness() != proto::BundleHeaderProto::LITTLE)
    return error() << "it was written by a big-endian machine, which is not"
                      " supported; load and save it on another one";
  if (header.version().min_consumer() > kVersion)
    return error() << "it was written by a newer TensorFlow, for readers of"
                      " version "
                   << header.version().min_consumer()
                   << " of the format; this one knows version " << kVersion;
  if (header.num_shards() < 1)
    return error() << "its header says that it has " << header.num_shards()
                   << " files of data";
  numShards = header.num_shards();
  return success();
}

LogicalResult Checkpoint::readIndex() {
  auto buffer = llvm::MemoryBuffer::getFile(indexPath, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(FileLineColLoc::get(context, indexPath, 0, 0))
           << buffer.getError().message();
  // Errors are reported where they are found; the rest is not read then.
  bool isReported = false;
  auto stop = [&] {
    isReported = true;
    return llvm::createStringError("");
  };
  auto readEntry = [&](StringRef key, StringRef value) -> llvm::Error {
    if (key.empty())
      return failed(readHeader(value)) ? stop() : llvm::Error::success();
    auto entry = std::make_unique<proto::BundleEntryProto>();
    if (!parseMessage(value, *entry)) {
      error(key) << "the entry is damaged";
      return stop();
    }
    entries[key] = std::move(entry);
    return llvm::Error::success();
  };
  if (llvm::Error damage = readBundleIndex((*buffer)->getBuffer(), readEntry)) {
    std::string message = llvm::toString(std::move(damage));
    if (isReported)
      return failure();
    return error() << message;
  }
  if (numShards == 0)
    return error() << "it has no header";
  return success();
}

FailureOr<const proto::BundleEntryProto *> Checkpoint::find(StringRef key) {
  auto found = entries.find(key);
  if (found != entries.end())
    return found->second.get();
  std::vector<StringRef> keys(entries.keys().begin(), entries.keys().end());
  llvm::sort(keys);
  InFlightDiagnostic missing = error(key);
  missing << "the checkpoint has no such key";
  std::string suggestion = suggestNames(key, keys);
  if (!suggestion.empty())
    missing.attachNote() << suggestion;
  return missing;
}

//===----------------------------------------------------------------------===//
// The data
//===----------------------------------------------------------------------===//

std::string Checkpoint::getShardPath(int32_t shard) const {
  std::string path = prefix;
  llvm::raw_string_ostream os(path);
  os << ".data-" << llvm::format("%05d-of-%05d", shard, numShards);
  return path;
}

FailureOr<std::shared_ptr<llvm::MemoryBuffer>>
Checkpoint::openShard(StringRef key, int32_t shard) {
  if (shard < 0 || shard >= numShards)
    return error(key) << "the entry is damaged: its data are in file " << shard
                      << " of " << numShards;
  std::shared_ptr<llvm::MemoryBuffer> &known = shards[shard];
  if (known)
    return known;
  std::string path = getShardPath(shard);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return error(key, path) << buffer.getError().message();
  known = std::move(*buffer);
  return known;
}

FailureOr<StringRef>
Checkpoint::getBytes(StringRef key, const proto::BundleEntryProto &entry) {
  auto shard = openShard(key, entry.shard_id());
  if (failed(shard))
    return failure();
  StringRef file = (*shard)->getBuffer();
  uint64_t offset = entry.offset(), size = entry.size();
  if (offset > file.size() || size > file.size() - offset)
    return error(key, getShardPath(entry.shard_id()))
           << "the file is truncated: it has " << file.size()
           << " bytes, but the index says that " << entry.size()
           << " bytes are at offset " << entry.offset();
  return file.substr(offset, size);
}

FailureOr<StringRef>
Checkpoint::getTensorBytes(StringRef key,
                           const proto::BundleEntryProto &entry) {
  FailureOr<StringRef> bytes = getBytes(key, entry);
  if (failed(bytes))
    return failure();
  if (verified.contains(key))
    return *bytes;
  if (maskCrc(computeCrc32c(*bytes)) != entry.crc32c())
    return error(key, getShardPath(entry.shard_id()))
           << "the checksum of its " << entry.size() << " bytes at offset "
           << entry.offset() << " is wrong: the file is damaged";
  verified.insert(key);
  return *bytes;
}

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

/// A string tensor has the lengths as varints, a checksum of the lengths, each
/// as four or eight bytes, and the strings.
FailureOr<std::string> Checkpoint::readString(StringRef key) {
  FailureOr<const proto::BundleEntryProto *> entry = find(key);
  if (failed(entry))
    return failure();
  if ((*entry)->dtype() != proto::DT_STRING ||
      (*entry)->shape().dim_size() != 0)
    return error(key) << "expected a string, got "
                      << getDataTypeName((*entry)->dtype());
  FailureOr<StringRef> bytes = getBytes(key, **entry);
  if (failed(bytes))
    return failure();
  StringRef rest = *bytes;
  uint64_t length;
  if (!takeVarint(rest, length) || rest.size() < 4 || rest.size() - 4 != length)
    return error(key, getShardPath((*entry)->shard_id()))
           << "the string is damaged";
  char encoded[8];
  llvm::support::endian::write64le(encoded, length);
  StringRef lengths(encoded, length > UINT32_MAX ? 8 : 4);
  uint32_t ofLengths = computeCrc32c(lengths);
  uint32_t stored = llvm::support::endian::read32le(rest.data());
  if (maskCrc(ofLengths) != stored ||
      maskCrc(computeCrc32c(rest, ofLengths)) != (*entry)->crc32c())
    return error(key, getShardPath((*entry)->shard_id()))
           << "the checksum of the string is wrong: the file is damaged";
  return rest.drop_front(4).str();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Splits `4 3 0,2:0,3` into a shape and a slice of it.
static std::optional<TensorSlice> parseShapeAndSlice(StringRef text,
                                                     ArrayRef<int64_t> shape) {
  SmallVector<StringRef> words;
  text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  if (words.size() != shape.size() + 1)
    return std::nullopt;
  for (auto [dim, word] : llvm::zip_first(shape, words)) {
    int64_t stated;
    if (word.getAsInteger(10, stated) || stated != dim)
      return std::nullopt;
  }
  return TensorSlice::parse(words.back());
}

static TensorSlice makeFullSlice(size_t rank) {
  TensorSlice slice;
  slice.starts.assign(rank, 0);
  slice.lengths.assign(rank, TensorSlice::full);
  return slice;
}

FailureOr<Checkpoint::Request> Checkpoint::makeRequest(StringRef key,
                                                       StringRef slice) {
  FailureOr<const proto::BundleEntryProto *> entry = find(key);
  if (failed(entry))
    return failure();
  Request request;
  request.key = key.str();
  request.entry = *entry;
  Type elementType = convertDataType(context, request.entry->dtype());
  if (!elementType)
    return error(key) << "the tensor is "
                      << getDataTypeName(request.entry->dtype())
                      << ", a type that is not supported";
  std::optional<SmallVector<int64_t>> shape =
      convertShape(request.entry->shape());
  if (!shape || !countBytes(*shape, elementType))
    return error(key) << "the entry is damaged: it has no valid shape";
  request.shape = *shape;
  std::optional<TensorSlice> part = slice.empty()
                                        ? makeFullSlice(shape->size())
                                        : parseShapeAndSlice(slice, *shape);
  if (!part || !part->resolve(*shape))
    return error(key) << "the graph restores the slice \"" << slice
                      << "\", which is none of a tensor of shape [" << *shape
                      << "]";
  request.slice = *part;
  request.type = RankedTensorType::get(part->lengths, elementType);
  return request;
}

FailureOr<RankedTensorType> Checkpoint::getType(StringRef key,
                                                StringRef slice) {
  FailureOr<Request> request = makeRequest(key, slice);
  if (failed(request))
    return failure();
  return request->type;
}

/// The part that two slices have in common; nothing if that is empty.
static std::optional<TensorSlice> intersect(const TensorSlice &a,
                                            const TensorSlice &b) {
  TensorSlice common;
  for (size_t dim = 0, rank = a.starts.size(); dim != rank; ++dim) {
    int64_t start = std::max(a.starts[dim], b.starts[dim]);
    int64_t end = std::min(a.starts[dim] + a.lengths[dim],
                           b.starts[dim] + b.lengths[dim]);
    if (start >= end)
      return std::nullopt;
    common.starts.push_back(start);
    common.lengths.push_back(end - start);
  }
  return common;
}

/// Where the element at `index` of the whole tensor is in a slice of it.
static int64_t getOffset(const TensorSlice &slice, ArrayRef<int64_t> index) {
  int64_t offset = 0;
  for (auto [start, length, i] :
       llvm::zip_equal(slice.starts, slice.lengths, index))
    offset = offset * length + (i - start);
  return offset;
}

/// Copies what `from` and `to`, slices of one tensor, have in common, and
/// returns the number of elements.
static int64_t copyCommon(const TensorSlice &from, StringRef source,
                          const TensorSlice &to, MutableArrayRef<char> target,
                          size_t elementBytes) {
  std::optional<TensorSlice> common = intersect(from, to);
  if (!common)
    return 0;
  size_t rank = common->starts.size();
  int64_t run = rank == 0 ? 1 : common->lengths.back();
  int64_t numCopied = 0;
  SmallVector<int64_t> index = common->starts;
  while (true) {
    std::memcpy(target.data() + getOffset(to, index) * elementBytes,
                source.data() + getOffset(from, index) * elementBytes,
                run * elementBytes);
    numCopied += run;
    // The next row: counts up the index without its last dim.
    size_t dim = rank == 0 ? 0 : rank - 1;
    while (dim > 0 && ++index[dim - 1] ==
                          common->starts[dim - 1] + common->lengths[dim - 1]) {
      index[dim - 1] = common->starts[dim - 1];
      --dim;
    }
    if (dim == 0)
      return numCopied;
  }
}

static TensorSlice convertSlice(const proto::TensorSliceProto &message) {
  TensorSlice slice;
  for (const auto &extent : message.extent()) {
    slice.starts.push_back(extent.start());
    slice.lengths.push_back(extent.has_length() ? extent.length()
                                                : TensorSlice::full);
  }
  return slice;
}

FailureOr<std::vector<Checkpoint::Part>>
Checkpoint::findParts(const Request &request) {
  std::vector<Part> parts;
  if (request.entry->slices().empty()) {
    TensorSlice whole = makeFullSlice(request.shape.size());
    whole.resolve(request.shape);
    parts.push_back({request.key, request.entry, whole});
    return parts;
  }
  for (const proto::TensorSliceProto &message : request.entry->slices()) {
    TensorSlice slice = convertSlice(message);
    std::string key = encodeSliceKey(request.key, slice);
    if (!slice.resolve(request.shape))
      return error(request.key) << "the entry is damaged: a part of it lies"
                                   " outside of the tensor";
    if (!intersect(slice, request.slice))
      continue;
    auto entry = entries.find(key);
    if (entry == entries.end())
      return error(request.key) << "the checkpoint lacks a part of it";
    parts.push_back({key, entry->second.get(), slice});
  }
  return parts;
}

FailureOr<std::string> Checkpoint::assemble(const Request &request) {
  FailureOr<std::vector<Part>> parts = findParts(request);
  if (failed(parts))
    return failure();
  Type elementType = request.type.getElementType();
  SmallVector<StringRef> sources;
  size_t numStored = 0;
  for (const Part &part : *parts) {
    FailureOr<StringRef> bytes = getTensorBytes(part.key, *part.entry);
    if (failed(bytes))
      return failure();
    if (part.entry->dtype() != request.entry->dtype() ||
        int64_t(bytes->size()) != countBytes(part.slice.lengths, elementType))
      return error(request.key) << "the entry of a part of it is damaged";
    sources.push_back(*bytes);
    numStored += bytes->size();
  }

  // A few bytes of file must not fill the memory.
  size_t numWanted =
      request.type.getNumElements() * getElementBytes(elementType);
  std::string bytes(numStored < numWanted ? 0 : numWanted, '\0');
  int64_t numCopied = 0;
  if (!bytes.empty())
    for (auto [part, source] : llvm::zip_equal(*parts, sources))
      numCopied += copyCommon(part.slice, source, request.slice, bytes,
                              getElementBytes(elementType));
  if (numCopied != request.type.getNumElements())
    return error(request.key) << "the checkpoint's parts of it do not make up"
                                 " what the graph restores";
  return bytes;
}

FailureOr<ElementsAttr> Checkpoint::read(StringRef key, StringRef slice,
                                         StringRef name) {
  FailureOr<Request> request = makeRequest(key, slice);
  if (failed(request))
    return failure();
  bool isWhole = request->entry->slices().empty() &&
                 ArrayRef(request->shape) == request->type.getShape();
  if (!isWhole) {
    FailureOr<std::string> bytes = assemble(*request);
    if (failed(bytes))
      return failure();
    auto owner = std::make_shared<std::string>(std::move(*bytes));
    return makeElements(request->type, *owner, name, owner);
  }
  FailureOr<StringRef> bytes = getTensorBytes(key, *request->entry);
  if (failed(bytes))
    return failure();
  int64_t wanted = *countBytes(request->shape, request->type.getElementType());
  if (int64_t(bytes->size()) != wanted)
    return error(key) << "the entry is damaged: it has " << bytes->size()
                      << " bytes, expected " << wanted << " for "
                      << request->type;
  return makeElements(request->type, *bytes, name,
                      shards[request->entry->shard_id()]);
}
