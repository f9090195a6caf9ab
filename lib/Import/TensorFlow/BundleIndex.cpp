//===- BundleIndex.cpp - the index file of a checkpoint -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LevelDB reads its tables and verifies the checksums of their blocks. It
// trusts what a checksum covers, and the footer, which none covers: a wrong
// size there makes it read outside the file or ask for all memory. So the
// structure is checked before (LevelDB's doc/table_format.md):
//
//   file   = block.. index-block footer
//   block  = entry.. restart.. count type crc
//   entry  = shared unshared length key-rest value     numbers are varints
//   footer = metaindex-handle index-handle padding magic
//   handle = offset size                               without type and crc
//
// The values of the index block are the handles of the blocks.
//
//===----------------------------------------------------------------------===//

#include "BundleIndex.h"

#include "ProtobufFields.h"

#include "llvm/Support/Endian.h"

#include <leveldb/env.h>
#include <leveldb/iterator.h>
#include <leveldb/options.h>
#include <leveldb/table.h>
#include <snappy.h>

#include <cstring>
#include <memory>

using namespace llvm;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using support::endian::read32le;
using support::endian::read64le;

static constexpr size_t kFooterBytes = 48;
static constexpr size_t kTrailerBytes = 5;
static constexpr uint64_t kMagic = 0xdb4775248b80fb57;

//===----------------------------------------------------------------------===//
// The structure
//===----------------------------------------------------------------------===//

static Error makeDamage(const Twine &what) {
  return createStringError("the table is damaged: " + what);
}

/// Takes the handle of a block off the front of `bytes` and returns the block
/// with its type, without its checksum; nothing if it is not inside the file.
static std::optional<StringRef> takeBlock(StringRef file, StringRef &bytes) {
  uint64_t offset, size;
  if (!takeVarint(bytes, offset) || !takeVarint(bytes, size) ||
      offset > file.size() || size > file.size() - offset ||
      file.size() - offset - size < kTrailerBytes)
    return std::nullopt;
  return file.substr(offset, size + 1);
}

/// The contents of a block; `storage` has those of a compressed one. Nothing if
/// it cannot be decompressed.
static std::optional<StringRef> getContents(StringRef block,
                                            std::string &storage) {
  enum { None = 0, Snappy = 1 };
  StringRef contents = block.drop_back();
  if (block.back() != Snappy)
    return contents;
  size_t size;
  // Snappy makes at most about twenty bytes of one: more is damage, not data.
  if (!snappy::GetUncompressedLength(contents.data(), contents.size(), &size) ||
      size / 32 > contents.size() ||
      !snappy::Uncompress(contents.data(), contents.size(), &storage))
    return std::nullopt;
  return storage;
}

/// Takes a number that LevelDB reads with 32 bits.
static bool takeVarint32(StringRef &bytes, uint64_t &value) {
  StringRef before = bytes;
  return takeVarint(bytes, value) && value <= UINT32_MAX &&
         before.size() - bytes.size() <= 5;
}

/// Calls `handle` with the value of each entry; fails where an entry does not
/// fit, or `handle` fails.
static bool checkEntries(StringRef contents,
                         function_ref<bool(StringRef value)> handle) {
  if (contents.size() < 4)
    return false;
  uint64_t numRestarts = read32le(contents.end() - 4);
  if (numRestarts > contents.size() / 4 - 1)
    return false;
  StringRef restarts = contents.take_back(4 * (numRestarts + 1));
  StringRef entries = contents.drop_back(restarts.size());
  for (uint64_t i = 0; i < numRestarts; ++i)
    if (read32le(restarts.data() + 4 * i) > entries.size())
      return false;
  uint64_t keyBytes = 0;
  while (!entries.empty()) {
    uint64_t shared, unshared, length;
    if (!takeVarint32(entries, shared) || !takeVarint32(entries, unshared) ||
        !takeVarint32(entries, length) || shared > keyBytes ||
        unshared + length > entries.size())
      return false;
    keyBytes = shared + unshared;
    if (!handle(entries.substr(unshared, length)))
      return false;
    entries = entries.drop_front(unshared + length);
  }
  return true;
}

static Error checkStructure(StringRef file) {
  if (file.size() < kFooterBytes)
    return makeDamage("it is truncated");
  StringRef footer = file.take_back(kFooterBytes);
  if (read64le(footer.end() - 8) != kMagic)
    return makeDamage("it does not end as a table does");
  StringRef handles = footer.drop_back(8);
  // The meta index names filters, which checkpoints do not have; LevelDB looks
  // there for those that it is asked for.
  std::optional<StringRef> metaIndex = takeBlock(file, handles);
  std::optional<StringRef> index = takeBlock(file, handles);
  if (!metaIndex || !index)
    return makeDamage("its index does not lie in the file");

  auto checkBlock = [&](StringRef handle) {
    std::optional<StringRef> block = takeBlock(file, handle);
    std::string storage;
    std::optional<StringRef> contents;
    if (block)
      contents = getContents(*block, storage);
    return contents && checkEntries(*contents, [](StringRef) { return true; });
  };
  std::string storage;
  std::optional<StringRef> contents = getContents(*index, storage);
  if (!contents || !checkEntries(*contents, checkBlock))
    return makeDamage("its blocks do not fit together");
  return Error::success();
}

//===----------------------------------------------------------------------===//
// The entries
//===----------------------------------------------------------------------===//

namespace {
/// The file as LevelDB sees it.
class MemoryFile : public leveldb::RandomAccessFile {
public:
  explicit MemoryFile(StringRef bytes) : bytes(bytes) {}

  leveldb::Status Read(uint64_t offset, size_t size, leveldb::Slice *result,
                       char *scratch) const override {
    StringRef part = bytes.substr(offset, size);
    // Into the buffer that LevelDB has made: what lies elsewhere it may take
    // for a mapping that outlives the file.
    if (!part.empty())
      std::memcpy(scratch, part.data(), part.size());
    *result = leveldb::Slice(scratch, part.size());
    return leveldb::Status::OK();
  }

private:
  StringRef bytes;
};
} // namespace

static Error convertStatus(const leveldb::Status &status) {
  return makeDamage(StringRef(status.ToString()));
}

Error tensorflow::readBundleIndex(
    StringRef bytes,
    function_ref<Error(StringRef key, StringRef value)> handle) {
  if (Error error = checkStructure(bytes))
    return error;
  MemoryFile file(bytes);
  leveldb::Options options;
  options.paranoid_checks = true; // the checksum of the index
  leveldb::Table *opened = nullptr;
  leveldb::Status status =
      leveldb::Table::Open(options, &file, bytes.size(), &opened);
  std::unique_ptr<leveldb::Table> table(opened);
  if (!status.ok())
    return convertStatus(status);

  leveldb::ReadOptions reading;
  reading.verify_checksums = true;
  reading.fill_cache = false;
  std::unique_ptr<leveldb::Iterator> entry(table->NewIterator(reading));
  for (entry->SeekToFirst(); entry->Valid(); entry->Next()) {
    leveldb::Slice key = entry->key(), value = entry->value();
    if (Error error = handle(StringRef(key.data(), key.size()),
                             StringRef(value.data(), value.size())))
      return error;
  }
  if (!entry->status().ok())
    return convertStatus(entry->status());
  return Error::success();
}
