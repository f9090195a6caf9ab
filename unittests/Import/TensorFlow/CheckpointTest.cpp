//===- CheckpointTest.cpp - the tensors of a checkpoint -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"
#include "Crc32c.h"
#include "saved_model.pb.h"

#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <leveldb/env.h>
#include <leveldb/options.h>
#include <leveldb/table_builder.h>

#include <map>

using namespace graph_compile::tensorflow;
using llvm::ArrayRef;
using llvm::StringRef;
using testing::HasSubstr;

namespace {
/// A file of LevelDB in memory.
class StringFile : public leveldb::WritableFile {
public:
  leveldb::Status Append(const leveldb::Slice &data) override {
    contents.append(data.data(), data.size());
    return leveldb::Status::OK();
  }
  leveldb::Status Close() override { return leveldb::Status::OK(); }
  leveldb::Status Flush() override { return leveldb::Status::OK(); }
  leveldb::Status Sync() override { return leveldb::Status::OK(); }

  std::string contents;
};

/// A checkpoint in the making.
struct Bundle {
  explicit Bundle(int numShards = 1) : shards(numShards) {
    header.set_num_shards(numShards);
    header.mutable_version()->set_producer(1);
  }

  /// Adds a tensor and returns its entry.
  proto::BundleEntryProto &add(StringRef key, proto::DataType type,
                               ArrayRef<int64_t> shape, StringRef bytes,
                               int shard = 0) {
    proto::BundleEntryProto &entry = entries[key.str()];
    entry.set_dtype(type);
    for (int64_t dim : shape)
      entry.mutable_shape()->add_dim()->set_size(dim);
    entry.set_shard_id(shard);
    entry.set_offset(shards[shard].size());
    entry.set_size(bytes.size());
    entry.set_crc32c(maskCrc(computeCrc32c(bytes)));
    shards[shard] += bytes;
    return entry;
  }

  template <typename T>
  proto::BundleEntryProto &addNumbers(StringRef key, proto::DataType type,
                                      ArrayRef<int64_t> shape,
                                      ArrayRef<T> numbers, int shard = 0) {
    return add(key, type, shape,
               StringRef(reinterpret_cast<const char *>(numbers.data()),
                         numbers.size() * sizeof(T)),
               shard);
  }

  std::string makeIndex() const {
    leveldb::Options options;
    options.compression = compression;
    options.block_size = 128; // several blocks
    StringFile file;
    leveldb::TableBuilder builder(options, &file);
    builder.Add("", header.SerializeAsString());
    for (const auto &[key, entry] : entries)
      builder.Add(key, entry.SerializeAsString());
    EXPECT_TRUE(builder.Finish().ok());
    return file.contents;
  }

  proto::BundleHeaderProto header;
  std::map<std::string, proto::BundleEntryProto> entries;
  std::vector<std::string> shards;
  leveldb::CompressionType compression = leveldb::kNoCompression;
};

/// A folder for one checkpoint, and what is reported about it.
class CheckpointTest : public testing::Test {
protected:
  CheckpointTest()
      : handler(&context, [this](mlir::Diagnostic &diagnostic) {
          std::string location;
          llvm::raw_string_ostream(location) << diagnostic.getLocation();
          messages += location + ": " + diagnostic.str() + "\n";
          return mlir::success();
        }) {
    llvm::SmallString<128> path;
    EXPECT_FALSE(
        llvm::sys::fs::createUniqueDirectory("gc-checkpoint-test", path));
    folder = path.str();
    llvm::sys::path::append(path, "variables");
    prefix = path.str();
  }
  ~CheckpointTest() override {
    EXPECT_FALSE(llvm::sys::fs::remove_directories(folder));
  }

  static void write(StringRef path, StringRef contents) {
    std::error_code error;
    llvm::raw_fd_ostream os(path, error);
    ASSERT_FALSE(error);
    os << contents;
  }

  std::string getShardPath(int shard, int numShards) const {
    std::string path;
    llvm::raw_string_ostream(path)
        << prefix << ".data-0000" << shard << "-of-0000" << numShards;
    return path;
  }

  void write(const Bundle &bundle) {
    write(prefix + ".index", bundle.makeIndex());
    for (auto [shard, bytes] : llvm::enumerate(bundle.shards))
      write(getShardPath(shard, bundle.shards.size()), bytes);
  }

  /// Opens what was written last and reads one tensor of it; null if that
  /// fails, which is then reported.
  mlir::ElementsAttr read(StringRef key, StringRef slice = "") {
    messages.clear();
    auto checkpoint = Checkpoint::open(&context, prefix);
    if (failed(checkpoint)) {
      EXPECT_FALSE(messages.empty());
      return {};
    }
    auto attribute = (*checkpoint)->read(key, slice, key);
    EXPECT_EQ(failed(attribute), !messages.empty());
    return failed(attribute) ? mlir::ElementsAttr() : *attribute;
  }

  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler;
  std::string folder;
  std::string prefix;
};
} // namespace

/// The numbers that a small tensor has.
template <typename T>
static std::vector<T> getNumbers(mlir::ElementsAttr attribute) {
  if (!attribute)
    return {};
  auto dense = llvm::cast<mlir::DenseElementsAttr>(attribute);
  return std::vector<T>(dense.value_begin<T>(), dense.value_end<T>());
}

TEST(Crc32c, HasThePublishedValues) {
  // RFC 3720, B.4.
  for (auto compute : {computeCrc32c, computeCrc32cByTables}) {
    EXPECT_EQ(compute(std::string(32, '\0'), 0), 0x8a9136aau);
    EXPECT_EQ(compute(std::string(32, '\xff'), 0), 0x62a8ab43u);
    EXPECT_EQ(compute("123456789", 0), 0xe3069283u);
    EXPECT_EQ(compute("6789", compute("12345", 0)), 0xe3069283u);
  }
}

TEST_F(CheckpointTest, ReadsNumbersOfSeveralFiles) {
  Bundle bundle(/*numShards=*/2);
  bundle.addNumbers<float>("w", proto::DT_FLOAT, {2, 2}, {1, 2, 3, 4});
  bundle.addNumbers<int64_t>("step", proto::DT_INT64, {}, {7}, /*shard=*/1);
  bundle.addNumbers<uint8_t>("mask", proto::DT_BOOL, {3}, {1, 0, 1});
  bundle.add("empty", proto::DT_HALF, {0, 4}, "");
  write(bundle);
  EXPECT_THAT(getNumbers<float>(read("w")), testing::ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(getNumbers<int64_t>(read("step")), testing::ElementsAre(7));
  EXPECT_THAT(getNumbers<bool>(read("mask")),
              testing::ElementsAre(true, false, true));
  ASSERT_TRUE(read("empty"));
  EXPECT_EQ(read("empty").getNumElements(), 0);
}

TEST_F(CheckpointTest, ReadsEveryTypeOfTheDialect) {
  Bundle bundle;
  std::vector<std::pair<proto::DataType, unsigned>> types = {
      {proto::DT_DOUBLE, 64},   {proto::DT_FLOAT, 32},  {proto::DT_HALF, 16},
      {proto::DT_BFLOAT16, 16}, {proto::DT_INT64, 64},  {proto::DT_INT32, 32},
      {proto::DT_INT16, 16},    {proto::DT_INT8, 8},    {proto::DT_UINT64, 64},
      {proto::DT_UINT32, 32},   {proto::DT_UINT16, 16}, {proto::DT_UINT8, 8}};
  for (auto [type, bits] : types)
    bundle.add(std::to_string(type), type, {2}, std::string(bits / 4, '\1'));
  bundle.add("string", proto::DT_COMPLEX64, {}, "12345678");
  write(bundle);
  for (auto [type, bits] : types) {
    mlir::ElementsAttr attribute = read(std::to_string(type));
    ASSERT_TRUE(attribute) << messages;
    EXPECT_EQ(attribute.getElementType().getIntOrFloatBitWidth(), bits);
  }
  EXPECT_FALSE(read("string"));
  EXPECT_THAT(messages, HasSubstr("complex64, a type that is not supported"));
}

TEST_F(CheckpointTest, LargeTensorsStayInTheFile) {
  Bundle bundle;
  std::vector<float> numbers(100000);
  for (auto [index, number] : llvm::enumerate(numbers))
    number = index;
  bundle.add("odd", proto::DT_UINT8, {1}, "x"); // what follows is not aligned
  bundle.addNumbers<float>("w", proto::DT_FLOAT, {100000}, numbers);
  write(bundle);
  auto resource =
      llvm::dyn_cast_or_null<mlir::DenseResourceElementsAttr>(read("w"));
  ASSERT_TRUE(resource);
  ArrayRef<char> data = resource.getRawHandle().getBlob()->getData();
  ASSERT_EQ(data.size(), numbers.size() * sizeof(float));
  EXPECT_EQ(std::memcmp(data.data(), numbers.data(), data.size()), 0);
}

TEST_F(CheckpointTest, ReadsCompressedIndexes) {
  Bundle bundle;
  for (int i = 0; i < 100; ++i)
    bundle.addNumbers<int32_t>("a/long/name/" + std::to_string(i),
                               proto::DT_INT32, {}, {i});
  bundle.compression = leveldb::kSnappyCompression;
  write(bundle);
  EXPECT_THAT(getNumbers<int32_t>(read("a/long/name/42")),
              testing::ElementsAre(42));
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

static TensorSlice makeSlice(ArrayRef<int64_t> starts,
                             ArrayRef<int64_t> lengths) {
  TensorSlice slice;
  slice.starts.assign(starts.begin(), starts.end());
  slice.lengths.assign(lengths.begin(), lengths.end());
  return slice;
}

TEST(TensorSlice, KeysAreThoseOfTensorFlow) {
  // Of a bundle that TensorFlow has written.
  EXPECT_EQ(llvm::toHex(encodeSliceKey("p", makeSlice({2, 0}, {2, 3})), true),
            "00700001010282828083");
  EXPECT_EQ(encodeSliceKey("a", makeSlice({0}, {TensorSlice::full})),
            StringRef("\0a\0\1\1\1\x80\x7f", 8));
  EXPECT_EQ(encodeSliceKey("a", makeSlice({64}, {300000})),
            StringRef("\0a\0\1\1\1\xc0\x40\xe4\x93\xe0", 11));
}

TEST(TensorSlice, ParsesWhatRestoresSay) {
  auto slice = TensorSlice::parse("0,2:-:5,1");
  ASSERT_TRUE(slice);
  EXPECT_TRUE(slice->resolve({4, 3, 6}));
  EXPECT_EQ(ArrayRef(slice->starts), ArrayRef<int64_t>({0, 0, 5}));
  EXPECT_EQ(ArrayRef(slice->lengths), ArrayRef<int64_t>({2, 3, 1}));
  EXPECT_FALSE(slice->resolve({4, 3, 5}));
  EXPECT_FALSE(slice->resolve({4, 3}));
  for (StringRef text : {"0", "0,x", "-1,2", "0,2:", "0,-1"})
    EXPECT_FALSE(TensorSlice::parse(text)) << text.str();
}

/// Adds a tensor of shape [4, 3] in two parts of columns.
static void addParts(Bundle &bundle) {
  proto::BundleEntryProto &whole = bundle.entries["p"];
  whole.set_dtype(proto::DT_INT32);
  whole.mutable_shape()->add_dim()->set_size(4);
  whole.mutable_shape()->add_dim()->set_size(3);
  for (auto [start, length] : {std::pair(0, 2), std::pair(2, 1)}) {
    proto::TensorSliceProto *message = whole.add_slices();
    message->add_extent();
    proto::TensorSliceProto::Extent *columns = message->add_extent();
    columns->set_start(start);
    columns->set_length(length);
    std::vector<int32_t> numbers;
    for (int row = 0; row < 4; ++row)
      for (int column = start; column < start + length; ++column)
        numbers.push_back(10 * row + column);
    auto slice = makeSlice({0, start}, {TensorSlice::full, length});
    bundle.addNumbers<int32_t>(encodeSliceKey("p", slice), proto::DT_INT32,
                               {4, length}, numbers);
  }
}

TEST_F(CheckpointTest, PutsPartsTogether) {
  Bundle bundle;
  addParts(bundle);
  bundle.addNumbers<int32_t>("w", proto::DT_INT32, {2, 2}, {1, 2, 3, 4});
  write(bundle);
  EXPECT_THAT(
      getNumbers<int32_t>(read("p")),
      testing::ElementsAre(0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32));
  // Rows, though columns are stored; and a part of what is stored as a whole.
  EXPECT_THAT(getNumbers<int32_t>(read("p", "4 3 1,2:1,2")),
              testing::ElementsAre(11, 12, 21, 22));
  EXPECT_THAT(getNumbers<int32_t>(read("w", "2 2 -:1,1")),
              testing::ElementsAre(2, 4));
  EXPECT_FALSE(read("p", "4 4 0,4:0,3"));
  EXPECT_THAT(messages, HasSubstr("the slice \"4 4 0,4:0,3\""));
}

TEST_F(CheckpointTest, ReportsPartsThatAreMissing) {
  Bundle bundle;
  addParts(bundle);
  bundle.entries.erase(
      encodeSliceKey("p", makeSlice({0, 2}, {TensorSlice::full, 1})));
  write(bundle);
  EXPECT_FALSE(read("p"));
  EXPECT_THAT(messages, HasSubstr("lacks a part"));
  bundle.entries["p"].mutable_slices()->RemoveLast();
  write(bundle);
  EXPECT_FALSE(read("p"));
  EXPECT_THAT(messages, HasSubstr("do not make up"));
}

//===----------------------------------------------------------------------===//
// Errors
//===----------------------------------------------------------------------===//

/// A small checkpoint with one of everything.
static Bundle makeSmallBundle() {
  Bundle bundle;
  bundle.addNumbers<float>("w", proto::DT_FLOAT, {2}, {1, 2});
  bundle.addNumbers<float>("x", proto::DT_FLOAT, {2, 3}, {1, 2, 3, 4, 5, 6});
  addParts(bundle);
  return bundle;
}

TEST_F(CheckpointTest, NamesFileAndKey) {
  Bundle bundle = makeSmallBundle();
  bundle.entries["x"].set_size(20);
  bundle.entries["x"].set_crc32c(
      maskCrc(computeCrc32c(StringRef(bundle.shards[0]).substr(8, 20))));
  write(bundle);
  EXPECT_FALSE(read("x"));
  EXPECT_THAT(messages, HasSubstr("variables.index"));
  EXPECT_THAT(messages, HasSubstr("key \"x\": the entry is damaged: it has 20 "
                                  "bytes, expected 24"));
  EXPECT_FALSE(read("ww"));
  EXPECT_THAT(messages,
              HasSubstr("key \"ww\": the checkpoint has no such key"));

  bundle.shards[0][3] ^= 1;
  write(bundle);
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("variables.data-00000-of-00001"));
  EXPECT_THAT(messages, HasSubstr("key \"w\": the checksum of its 8 bytes"));
  EXPECT_FALSE(llvm::sys::fs::remove(getShardPath(0, 1)));
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("No such file"));
  EXPECT_FALSE(llvm::sys::fs::remove(prefix + ".index"));
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("variables.index"));
}

TEST_F(CheckpointTest, RefusesOtherHeaders) {
  Bundle bundle = makeSmallBundle();
  bundle.header.set_endianness(proto::BundleHeaderProto::BIG);
  write(bundle);
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("big-endian"));
  bundle = makeSmallBundle();
  bundle.header.mutable_version()->set_min_consumer(2);
  write(bundle);
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("newer TensorFlow"));
  bundle = makeSmallBundle();
  bundle.header.set_num_shards(-1);
  write(bundle);
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("-1 files"));
}

TEST_F(CheckpointTest, ReportsSizesThatNoFileHas) {
  for (auto [offset, size] : {std::pair<int64_t, int64_t>(0, INT64_MAX),
                              {INT64_MAX, 8},
                              {-1, 8},
                              {0, -1},
                              {1 << 20, 8}}) {
    Bundle bundle = makeSmallBundle();
    bundle.entries["w"].set_offset(offset);
    bundle.entries["w"].set_size(size);
    write(bundle);
    EXPECT_FALSE(read("w"));
    EXPECT_THAT(messages, HasSubstr("truncated"));
  }
  // More elements than memory, of which a few bytes say that they have parts.
  Bundle bundle = makeSmallBundle();
  bundle.entries["p"].mutable_shape()->mutable_dim(0)->set_size(1ll << 50);
  write(bundle);
  EXPECT_FALSE(read("p"));
  bundle.entries["p"].mutable_shape()->mutable_dim(1)->set_size(1ll << 50);
  write(bundle);
  EXPECT_FALSE(read("p"));
  EXPECT_THAT(messages, HasSubstr("no valid shape"));
  bundle = makeSmallBundle();
  bundle.entries["w"].set_shard_id(1);
  write(bundle);
  EXPECT_FALSE(read("w"));
  EXPECT_THAT(messages, HasSubstr("file 1 of 1"));
}

TEST_F(CheckpointTest, ReportsEveryTruncation) {
  Bundle bundle = makeSmallBundle();
  write(bundle);
  std::string index = bundle.makeIndex();
  for (size_t size = 0; size < index.size(); ++size) {
    write(prefix + ".index", StringRef(index).take_front(size));
    EXPECT_FALSE(read("p")) << "with " << size << " bytes";
  }
  write(prefix + ".index", index);
  StringRef data = bundle.shards[0];
  for (size_t size = 0; size < data.size(); ++size) {
    write(getShardPath(0, 1), data.take_front(size));
    EXPECT_FALSE(read("p")) << "with " << size << " bytes";
  }
  write(getShardPath(0, 1), data);
  EXPECT_TRUE(read("p"));
}

TEST_F(CheckpointTest, ReportsEveryWrongByte) {
  Bundle bundle = makeSmallBundle();
  write(bundle);
  mlir::ElementsAttr right = read("p");
  std::string index = bundle.makeIndex();
  for (size_t i = 0; i < index.size(); ++i)
    for (int mask : {0x01, 0x10, 0x80, 0xff}) {
      std::string wrong = index;
      wrong[i] ^= mask;
      write(prefix + ".index", wrong);
      // The footer's padding means nothing, and neither does the meta index.
      mlir::ElementsAttr attribute = read("p");
      EXPECT_TRUE(!attribute || attribute == right) << "at byte " << i;
    }
  write(prefix + ".index", index);
  size_t start =
      bundle.entries
          .at(encodeSliceKey("p", makeSlice({0, 0}, {TensorSlice::full, 2})))
          .offset();
  for (size_t i = start; i < bundle.shards[0].size(); ++i) {
    std::string wrong = bundle.shards[0];
    wrong[i] ^= 0x04;
    write(getShardPath(0, 1), wrong);
    EXPECT_FALSE(read("p")) << "at byte " << i;
    EXPECT_THAT(messages, HasSubstr("checksum"));
  }
}
