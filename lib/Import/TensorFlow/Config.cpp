//===- Config.cpp - reading config.json and the entry point flags ---------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Config.h"

#include "graph-compile/Import/TensorFlow/Import.h"
#include "graph-compile/Support/NearestName.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Location.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <nlohmann/json.hpp>

#include <functional>

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;
using Json = nlohmann::json;

//===----------------------------------------------------------------------===//
// Flags
//===----------------------------------------------------------------------===//

std::optional<FeedFlag> FeedFlag::parse(StringRef text) {
  FeedFlag flag;
  auto [tensor, shape] = text.split('=');
  if (tensor.empty())
    return std::nullopt;
  flag.tensor = tensor;
  if (!text.contains('='))
    return flag;
  flag.shape.emplace();
  SmallVector<StringRef> dims;
  if (!shape.empty())
    shape.split(dims, ',');
  for (StringRef dim : dims) {
    int64_t size;
    if (dim.trim().getAsInteger(10, size) || size < -1)
      return std::nullopt;
    flag.shape->push_back(size);
  }
  return flag;
}

/// The name that a feed or fetch has without a better one: the tensor's, where
/// `:0` goes without saying.
static std::string getDefaultName(StringRef tensor) {
  tensor.consume_back(":0");
  return tensor.str();
}

static Config makeConfigFromFlags(const ImportOptions &options) {
  Config config;
  config.file = options.modelPath;
  if (options.feeds.empty() && options.fetches.empty() &&
      options.targets.empty())
    return config;
  FunctionConfig &function = config.functions.emplace_back();
  function.name = "main";
  for (const FeedFlag &feed : options.feeds)
    function.feeds.push_back(
        {feed.tensor, getDefaultName(feed.tensor), feed.shape});
  for (const std::string &fetch : options.fetches)
    function.fetches.push_back({fetch, getDefaultName(fetch), std::nullopt});
  function.targets = options.targets;
  return config;
}

//===----------------------------------------------------------------------===//
// config.json
//===----------------------------------------------------------------------===//

namespace {
/// Reads the parts of a parsed config.json. `place` says where in the document
/// a value stands, such as `functions[0].feeds[1]`.
class ConfigReader {
public:
  ConfigReader(MLIRContext *context, StringRef file)
      : location(FileLineColLoc::get(context, file, 0, 0)) {}

  LogicalResult read(const Json &document, Config &config);

private:
  InFlightDiagnostic error(const Twine &place) {
    return emitError(location) << place << ": ";
  }
  InFlightDiagnostic wrongKind(const Twine &place, const Json &value,
                               StringRef expected) {
    return error(place) << "expected " << expected << ", got a value of kind "
                        << value.type_name();
  }

  LogicalResult checkKeys(const Json &object, const Twine &place,
                          ArrayRef<StringRef> keys);
  LogicalResult readString(const Json &value, const Twine &place,
                           std::string &result);
  LogicalResult readShape(const Json &value, const Twine &place,
                          std::vector<int64_t> &shape);
  LogicalResult readTensor(const Json &value, const Twine &place, bool isFeed,
                           TensorConfig &tensor);
  LogicalResult readFunction(const Json &value, const Twine &place,
                             FunctionConfig &function);
  /// Reads each element of the array `object[key]`, if there is one.
  LogicalResult readArray(
      const Json &object, const Twine &place, StringRef key,
      llvm::function_ref<LogicalResult(const Json &, const Twine &)> read);

  Location location;
};
} // namespace

LogicalResult ConfigReader::checkKeys(const Json &object, const Twine &place,
                                      ArrayRef<StringRef> keys) {
  if (!object.is_object())
    return wrongKind(place, object, "an object");
  for (const auto &item : object.items()) {
    if (llvm::is_contained(keys, item.key()))
      continue;
    auto diagnostic = error(place) << "unknown key \"" << item.key() << '"';
    std::string suggestion = suggestNames(item.key(), keys);
    Diagnostic &note = diagnostic.attachNote();
    if (!suggestion.empty())
      note << suggestion;
    else
      note << "expected \"" << llvm::join(keys, "\", \"") << '"';
    return diagnostic;
  }
  return success();
}

LogicalResult ConfigReader::readString(const Json &value, const Twine &place,
                                       std::string &result) {
  const auto *text = value.get_ptr<const std::string *>();
  if (!text)
    return wrongKind(place, value, "a string");
  if (text->empty())
    return error(place) << "expected a name, got an empty string";
  // Names become strings of C, where it would be the end.
  if (text->find('\0') != std::string::npos)
    return error(place) << "expected a name, got one with a NUL character";
  result = *text;
  return success();
}

LogicalResult ConfigReader::readArray(
    const Json &object, const Twine &place, StringRef key,
    llvm::function_ref<LogicalResult(const Json &, const Twine &)> read) {
  auto found = object.find(key.str());
  if (found == object.end())
    return success();
  std::string array = (place + "." + key).str();
  if (!found->is_array())
    return wrongKind(array, *found, "an array");
  for (size_t i = 0, e = found->size(); i != e; ++i)
    if (failed(read((*found)[i], array + "[" + Twine(i) + "]")))
      return failure();
  return success();
}

LogicalResult ConfigReader::readShape(const Json &value, const Twine &place,
                                      std::vector<int64_t> &shape) {
  if (!value.is_array())
    return wrongKind(place, value, "an array of dims");
  for (const Json &dim : value) {
    // Unsigned numbers beyond int64_t would turn negative.
    bool isSize = dim.is_number_integer() &&
                  (!dim.is_number_unsigned() ||
                   dim.get<uint64_t>() <= uint64_t(INT64_MAX)) &&
                  dim.get<int64_t>() >= -1;
    if (!isSize)
      return error(place) << "expected dims of at least 0, or -1 where open,"
                             " got "
                          << dim.dump();
    shape.push_back(dim.get<int64_t>());
  }
  return success();
}

LogicalResult ConfigReader::readTensor(const Json &value, const Twine &place,
                                       bool isFeed, TensorConfig &tensor) {
  SmallVector<StringRef> keys = {"node", "name"};
  if (isFeed)
    keys.push_back("shape");
  if (failed(checkKeys(value, place, keys)))
    return failure();
  if (!value.contains("node"))
    return error(place)
           << "\"node\" is missing, the tensor's name in the graph";
  if (failed(readString(value["node"], place + ".node", tensor.tensor)))
    return failure();
  tensor.name = getDefaultName(tensor.tensor);
  if (value.contains("name") &&
      failed(readString(value["name"], place + ".name", tensor.name)))
    return failure();
  if (!value.contains("shape"))
    return success();
  return readShape(value["shape"], place + ".shape", tensor.shape.emplace());
}

LogicalResult ConfigReader::readFunction(const Json &value, const Twine &place,
                                         FunctionConfig &function) {
  if (failed(checkKeys(value, place, {"name", "feeds", "fetches", "targets"})))
    return failure();
  if (!value.contains("name"))
    return error(place) << "\"name\" is missing, the name of the entry point";
  if (failed(readString(value["name"], place + ".name", function.name)))
    return failure();
  auto readFeed = [&](const Json &feed, const Twine &at) {
    return readTensor(feed, at, /*isFeed=*/true, function.feeds.emplace_back());
  };
  auto readFetch = [&](const Json &fetch, const Twine &at) {
    return readTensor(fetch, at, /*isFeed=*/false,
                      function.fetches.emplace_back());
  };
  auto readTarget = [&](const Json &target, const Twine &at) {
    return readString(target, at, function.targets.emplace_back());
  };
  if (failed(readArray(value, place, "feeds", readFeed)) ||
      failed(readArray(value, place, "fetches", readFetch)) ||
      failed(readArray(value, place, "targets", readTarget)))
    return failure();
  return success();
}

LogicalResult ConfigReader::read(const Json &document, Config &config) {
  StringRef place = "config";
  if (failed(checkKeys(document, place, {"name", "functions", "initializers"})))
    return failure();
  if (document.contains("name") &&
      failed(readString(document["name"], "config.name", config.modelName)))
    return failure();
  auto readOne = [&](const Json &function, const Twine &at) {
    return readFunction(function, at, config.functions.emplace_back());
  };
  auto readInitializer = [&](const Json &node, const Twine &at) {
    return readString(node, at, config.initializers.emplace_back());
  };
  if (failed(readArray(document, place, "functions", readOne)) ||
      failed(readArray(document, place, "initializers", readInitializer)))
    return failure();
  if (config.functions.empty())
    return error(place) << "\"functions\" is missing or empty, expected at"
                           " least one entry point";
  return success();
}

namespace {
/// Finds keys that stand twice in one object, of which the document would keep
/// the last, while the parser reads it.
class KeyChecker {
public:
  bool operator()(int, Json::parse_event_t event, Json &parsed) {
    if (event == Json::parse_event_t::object_start)
      openObjects.emplace_back();
    else if (event == Json::parse_event_t::object_end)
      openObjects.pop_back();
    else if (event == Json::parse_event_t::key)
      checkKey(parsed.get_ref<const std::string &>());
    return true;
  }

  /// The first key that stands twice; empty if there is none.
  std::optional<std::string> repeated;

private:
  void checkKey(const std::string &key) {
    if (!openObjects.back().insert(key).second && !repeated)
      repeated = key;
  }

  std::vector<llvm::StringSet<>> openObjects;
};
} // namespace

/// Returns the document, or reports where it is no JSON. The library reports by
/// exceptions; none leaves this function.
static FailureOr<Json> parseJson(MLIRContext *context, StringRef file,
                                 StringRef text) {
  KeyChecker keys;
  auto report = [&](unsigned line, unsigned column) {
    return emitError(FileLineColLoc::get(context, file, line, column));
  };
  // Drops "[json.exception.parse_error.101] parse error at line 1, column 2: ".
  auto shorten = [](StringRef message) {
    for (StringRef before : {": ", "] "})
      if (size_t end = message.find(before); end != StringRef::npos)
        return message.drop_front(end + 2);
    return message;
  };
  try {
    Json document = Json::parse(text.begin(), text.end(), std::ref(keys));
    if (!keys.repeated)
      return document;
    return report(0, 0) << "the key \"" << *keys.repeated
                        << "\" stands twice in one object";
  } catch (const Json::parse_error &parseError) {
    // `byte` counts from 1 and is the last one read.
    StringRef before = text.take_front(parseError.byte);
    unsigned line = before.count('\n') + 1;
    unsigned column = before.size() - (before.rfind('\n') + 1);
    return report(line, column) << "not JSON: " << shorten(parseError.what());
  } catch (const Json::exception &otherError) {
    // A number that no type of C++ can hold.
    return report(0, 0) << "not JSON: " << shorten(otherError.what());
  }
}

FailureOr<Config> tensorflow::readConfig(MLIRContext *context,
                                         const ImportOptions &options) {
  if (options.configPath.empty())
    return makeConfigFromFlags(options);
  StringRef path = options.configPath;
  Location location = FileLineColLoc::get(context, path, 0, 0);
  if (!options.feeds.empty() || !options.fetches.empty() ||
      !options.targets.empty())
    return emitError(location) << "--feed, --fetch and --target cannot be used"
                                  " together with --config";
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return emitError(location) << buffer.getError().message();
  FailureOr<Json> document = parseJson(context, path, (*buffer)->getBuffer());
  if (failed(document))
    return failure();
  Config config;
  config.file = path;
  if (failed(ConfigReader(context, path).read(*document, config)))
    return failure();
  return config;
}

//===----------------------------------------------------------------------===//
// Picking
//===----------------------------------------------------------------------===//

bool tensorflow::isPicked(const ImportOptions &options, StringRef name) {
  return options.functions.empty() ||
         llvm::is_contained(options.functions, name);
}

LogicalResult tensorflow::checkPickedFunctions(MLIRContext *context,
                                               const ImportOptions &options,
                                               StringRef file,
                                               ArrayRef<StringRef> names) {
  for (const std::string &wanted : options.functions) {
    if (llvm::is_contained(names, wanted))
      continue;
    auto error = emitError(FileLineColLoc::get(context, file, 0, 0))
                 << "--function: the model has no function \"" << wanted << '"';
    std::string suggestion = suggestNames(wanted, names);
    if (!suggestion.empty())
      error.attachNote() << suggestion;
    else
      error.attachNote() << "it has \"" << llvm::join(names, "\", \"") << '"';
    return error;
  }
  return success();
}

LogicalResult tensorflow::pickFunctions(MLIRContext *context,
                                        const ImportOptions &options,
                                        Config &config) {
  if (options.functions.empty())
    return success();
  std::vector<StringRef> names;
  names.reserve(config.functions.size());
  for (const FunctionConfig &function : config.functions)
    names.push_back(function.name);
  if (names.empty())
    return emitError(FileLineColLoc::get(context, config.file, 0, 0))
           << "--function picks functions of a SavedModel or of a config.json;"
              " this graph has one entry point";
  if (failed(checkPickedFunctions(context, options, config.file, names)))
    return failure();
  llvm::erase_if(config.functions, [&](const FunctionConfig &function) {
    return !isPicked(options, function.name);
  });
  return success();
}
