//===- Descriptor.cpp - the model descriptor in LLVM IR -----------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The structures of gcrt/model.h as constants. Strings and shapes lie in one
// table each, so that a model with many variables needs no global, and no
// symbol, for each of them.
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Descriptor.h"

#include "gcrt/model.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/IRBuilder.h"

#include <array>

using namespace llvm;
using namespace graph_compile;

// The initializers below list the fields of these versions of the structures.
static_assert(GCRT_ABI_VERSION == 5 && sizeof(gcrt_model) == 112 &&
                  sizeof(gcrt_variant) == 64 &&
                  sizeof(gcrt_launch_spec) == 32 &&
                  sizeof(gcrt_function_code) == 24 &&
                  sizeof(gcrt_function_spec) == 32 &&
                  sizeof(gcrt_variable_spec) == 48 &&
                  sizeof(gcrt_tensor_spec) == 24,
              "lib/Emit/Descriptor.cpp must follow gcrt/model.h");
static_assert(DataBlob::alignment == GCRT_ALIGNMENT,
              "the runtime promises this alignment of weights");

static constexpr StringLiteral compilerName =
    "graph-compile " GRAPH_COMPILE_VERSION;

/// Whether the code of both finds the same weights at the same places.
static bool haveSameWeights(const ModelDescription &a,
                            const ModelDescription &b) {
  return std::equal(a.weights.begin(), a.weights.end(), b.weights.begin(),
                    b.weights.end(),
                    [](const WeightDescription &x, const WeightDescription &y) {
                      return x.offset == y.offset && x.value == y.value;
                    });
}

void ModelData::placeWeights(ArrayRef<VariantDescription> variants) {
  for (const VariantDescription &variant : variants) {
    // There are a few variants at most.
    const auto *same =
        find_if(variants.take_front(weightsOffsets.size()),
                [&](const VariantDescription &earlier) {
                  return haveSameWeights(earlier.model, variant.model);
                });
    size_t index = same - variants.begin();
    if (index < weightsOffsets.size()) {
      weightsOffsets.push_back(weightsOffsets[index]);
      continue;
    }
    uint64_t start = alignTo(blob.getSize(), DataBlob::alignment);
    weightsOffsets.push_back(start);
    for (const WeightDescription &weight : variant.model.weights)
      blob.place(start + weight.offset, weight.value);
  }
}

ModelData::ModelData(ArrayRef<VariantDescription> variants) {
  placeWeights(variants);
  for (const VariableDescription &variable : variants.front().model.variables) {
    if (!variable.initial)
      initialOffsets.push_back(GCRT_NO_DATA);
    else if (isZero(variable.initial))
      initialOffsets.push_back(GCRT_ZEROS);
    else
      initialOffsets.push_back(blob.append(variable.initial));
  }
}

/// The type of a variable's value in a new instance.
static mlir::RankedTensorType
getInitialType(const VariableDescription &variable) {
  if (variable.initial)
    return variable.type.clone(variable.initial.getShapedType().getShape());
  SmallVector<int64_t> shape(variable.type.getShape());
  for (int64_t &size : shape)
    if (mlir::ShapedType::isDynamic(size))
      size = 0;
  return variable.type.clone(shape);
}

namespace {
/// A constant array that grows, entry by entry, before its global exists.
template <typename T> class Table {
public:
  /// Adds `values` unless they are there, and returns where they start.
  uint64_t add(ArrayRef<T> values) {
    StringRef key(reinterpret_cast<const char *>(values.data()),
                  values.size() * sizeof(T));
    auto [entry, isNew] = starts.try_emplace(key, contents.size());
    if (isNew)
      contents.insert(contents.end(), values.begin(), values.end());
    return entry->second;
  }
  ArrayRef<T> getContents() const { return contents; }

private:
  StringMap<uint64_t> starts;
  std::vector<T> contents;
};

/// Builds the descriptor of one model into one module.
class DescriptorBuilder {
public:
  DescriptorBuilder(Module &module, ArrayRef<VariantDescription> variants,
                    const ModelData &data, const DescriptorOptions &options)
      : module(module), variants(variants), model(variants.front().model),
        data(data), options(options), context(module.getContext()),
        int32(Type::getInt32Ty(context)), int64(Type::getInt64Ty(context)),
        pointer(PointerType::get(context, 0)),
        tensorType(StructType::get(pointer, int32, int32, pointer)),
        variableType(StructType::get(pointer, int32, int32, pointer, pointer,
                                     int64, int64)),
        functionType(StructType::get(pointer, int32, int32, pointer, pointer)),
        codeType(StructType::get(pointer, int64, int32, int32)),
        variantType(StructType::get(pointer, pointer, pointer, pointer, int64,
                                    pointer, pointer, int32, int32)) {}

  void build();

private:
  void fillTables();
  GlobalVariable *addGlobal(Constant *value, StringRef name);
  Constant *getString(StringRef text);
  Constant *getShape(mlir::RankedTensorType type);
  Constant *getNumber32(uint64_t value) {
    return ConstantInt::get(int32, value);
  }
  Constant *getNumber64(uint64_t value) {
    return ConstantInt::get(int64, value);
  }
  Constant *addArray(StructType *type, ArrayRef<Constant *> elements,
                     const Twine &name);
  Constant *addTensors(ArrayRef<TensorDescription> tensors, const Twine &name);
  Constant *buildFunction(const FunctionDescription &function);
  Constant *addVariables();
  Constant *addFunctions();
  Constant *buildCode(const FunctionDescription &function, StringRef prefix);
  Constant *addLaunches(ArrayRef<LaunchDescription> launches);
  Constant *buildVariant(const VariantDescription &variant, uint64_t weights);
  Constant *addVariants();
  Constant *addData();

  Module &module;
  ArrayRef<VariantDescription> variants;
  const ModelDescription &model; // what all variants have in common
  const ModelData &data;
  const DescriptorOptions &options;

  LLVMContext &context;
  Type *int32, *int64;
  PointerType *pointer;
  StructType *tensorType, *variableType, *functionType, *codeType, *variantType;

  Table<char> strings;
  Table<uint64_t> shapes;
  GlobalVariable *stringsGlobal = nullptr;
  GlobalVariable *shapesGlobal = nullptr;
};
} // namespace

/// Returns `text` with the zero byte at its end that C needs.
static ArrayRef<char> withZero(const std::string &text) {
  return {text.c_str(), text.size() + 1};
}

/// Returns the shape as the runtime writes it: -1 where it is open.
static SmallVector<uint64_t> getRuntimeShape(mlir::RankedTensorType type) {
  SmallVector<uint64_t> shape;
  for (int64_t size : type.getShape())
    shape.push_back(mlir::ShapedType::isDynamic(size) ? -1 : size);
  return shape;
}

/// Returns what a gcrt_launch_spec says in words, in the order of its fields.
static std::array<std::string, 4> getTexts(const LaunchDescription &launch) {
  return {launch.nodes.empty() ? std::string() : launch.nodes.front(),
          join(launch.nodes, ", "), launch.kernel, launch.kind};
}

GlobalVariable *DescriptorBuilder::addGlobal(Constant *value, StringRef name) {
  auto *global = new GlobalVariable(
      module, value->getType(), /*isConstant=*/true,
      GlobalValue::InternalLinkage, value, options.id + "." + name.str());
  // The sanitizer would move its red zones in between what belongs together.
  GlobalValue::SanitizerMetadata metadata;
  metadata.NoAddress = true;
  global->setSanitizerMetadata(metadata);
  return global;
}

void DescriptorBuilder::fillTables() {
  auto addTensor = [&](const TensorDescription &tensor) {
    strings.add(withZero(tensor.name));
    shapes.add(getRuntimeShape(tensor.type));
  };
  auto addFunction = [&](const FunctionDescription &function) {
    strings.add(withZero(function.name));
    for_each(function.inputs, addTensor);
    for_each(function.outputs, addTensor);
  };
  strings.add(withZero(model.name));
  strings.add(withZero(options.dataFile));
  strings.add(withZero(compilerName.str()));
  for (const VariantDescription &variant : variants) {
    strings.add(withZero(variant.cpu));
    strings.add(withZero(variant.cpuFeatures));
    for (const LaunchDescription &launch : variant.model.launches)
      for (const std::string &text : getTexts(launch))
        strings.add(withZero(text));
  }
  for_each(model.functions, addFunction);
  for (const VariableDescription &variable : model.variables) {
    if (!variable.isHidden)
      strings.add(withZero(variable.name));
    shapes.add(getRuntimeShape(variable.type));
    shapes.add(getRuntimeShape(getInitialType(variable)));
  }
  stringsGlobal = addGlobal(
      ConstantDataArray::get(context, strings.getContents()), "strings");
  if (!shapes.getContents().empty())
    shapesGlobal = addGlobal(
        ConstantDataArray::get(context, shapes.getContents()), "shapes");
}

/// Returns the address `offset` bytes after the start of `global`.
static Constant *getAddress(GlobalVariable *global, uint64_t offset) {
  LLVMContext &context = global->getContext();
  if (offset == 0)
    return global;
  return ConstantExpr::getGetElementPtr(
      Type::getInt8Ty(context), global,
      ConstantInt::get(Type::getInt64Ty(context), offset));
}

Constant *DescriptorBuilder::getString(StringRef text) {
  return getAddress(stringsGlobal, strings.add(withZero(text.str())));
}

Constant *DescriptorBuilder::getShape(mlir::RankedTensorType type) {
  if (type.getRank() == 0)
    return ConstantPointerNull::get(pointer);
  return getAddress(shapesGlobal,
                    shapes.add(getRuntimeShape(type)) * sizeof(uint64_t));
}

Constant *DescriptorBuilder::addArray(StructType *type,
                                      ArrayRef<Constant *> elements,
                                      const Twine &name) {
  if (elements.empty())
    return ConstantPointerNull::get(pointer);
  return addGlobal(
      ConstantArray::get(ArrayType::get(type, elements.size()), elements),
      name.str());
}

Constant *DescriptorBuilder::addTensors(ArrayRef<TensorDescription> tensors,
                                        const Twine &name) {
  SmallVector<Constant *> elements;
  for (const TensorDescription &tensor : tensors) {
    mlir::RankedTensorType type = tensor.type;
    elements.push_back(ConstantStruct::get(
        tensorType, getString(tensor.name),
        getNumber32(*getRuntimeDtype(type.getElementType())),
        getNumber32(type.getRank()), getShape(type)));
  }
  return addArray(tensorType, elements, name);
}

Constant *
DescriptorBuilder::buildFunction(const FunctionDescription &function) {
  return ConstantStruct::get(
      functionType, getString(function.name),
      getNumber32(function.inputs.size()), getNumber32(function.outputs.size()),
      addTensors(function.inputs, function.name + ".inputs"),
      addTensors(function.outputs, function.name + ".outputs"));
}

Constant *DescriptorBuilder::addVariables() {
  std::vector<Constant *> elements;
  for (auto [variable, initial] :
       zip_equal(model.variables, data.initialOffsets)) {
    mlir::RankedTensorType type = variable.type;
    mlir::RankedTensorType initialType = getInitialType(variable);
    Constant *name = variable.isHidden ? ConstantPointerNull::get(pointer)
                                       : getString(variable.name);
    elements.push_back(ConstantStruct::get(
        variableType, name,
        getNumber32(*getRuntimeDtype(type.getElementType())),
        getNumber32(type.getRank()), getShape(type), getShape(initialType),
        getNumber64(getStoredBytes(initialType)), getNumber64(initial)));
  }
  return addArray(variableType, elements, "variables");
}

Constant *DescriptorBuilder::addFunctions() {
  std::vector<Constant *> elements;
  elements.reserve(model.functions.size());
  for (const FunctionDescription &function : model.functions)
    elements.push_back(buildFunction(function));
  return addArray(functionType, elements, "functions");
}

Constant *DescriptorBuilder::buildCode(const FunctionDescription &function,
                                       StringRef prefix) {
  Function *entry = module.getFunction((prefix + function.symbol).str());
  assert(entry && "prefixDefinitions has named what the description names");
  return ConstantStruct::get(codeType, entry, getNumber64(function.arenaBytes),
                             getNumber32(function.scratchCount),
                             getNumber32(0));
}

/// A long step has many launches: their table is plain numbers, with nothing to
/// relocate when a program starts.
Constant *DescriptorBuilder::addLaunches(ArrayRef<LaunchDescription> launches) {
  if (launches.empty())
    return ConstantPointerNull::get(pointer);
  std::vector<uint64_t> words;
  for (const LaunchDescription &launch : launches) {
    std::array<std::string, 4> texts = getTexts(launch);
    // Two numbers of 32 bits each, the first in the low half.
    for (size_t i = 0; i < texts.size(); i += 2)
      words.push_back(strings.add(withZero(texts[i])) |
                      strings.add(withZero(texts[i + 1])) << 32);
    words.push_back(launch.flops.value_or(GCRT_UNKNOWN));
    words.push_back(launch.bytes.value_or(GCRT_UNKNOWN));
  }
  return addGlobal(ConstantDataArray::get(context, words), "launches");
}

Constant *DescriptorBuilder::buildVariant(const VariantDescription &variant,
                                          uint64_t weights) {
  std::vector<Constant *> functions;
  functions.reserve(variant.model.functions.size());
  for (const FunctionDescription &function : variant.model.functions)
    functions.push_back(buildCode(function, variant.prefix));
  Constant *initializer = ConstantPointerNull::get(pointer);
  if (const auto &function = variant.model.initializer)
    initializer =
        addGlobal(buildCode(*function, variant.prefix), "initializer");
  return ConstantStruct::get(
      variantType, getString(variant.cpu), getString(variant.cpuFeatures),
      addArray(codeType, functions, "code"), initializer, getNumber64(weights),
      addLaunches(variant.model.launches), stringsGlobal,
      getNumber32(variant.model.launches.size()), getNumber32(0));
}

Constant *DescriptorBuilder::addVariants() {
  std::vector<Constant *> elements;
  for (auto [variant, weights] : zip_equal(variants, data.weightsOffsets))
    elements.push_back(buildVariant(variant, weights));
  return addArray(variantType, elements, "variants");
}

/// Returns where the object has its data.
Constant *DescriptorBuilder::addData() {
  if (data.blob.getSize() == 0 || !options.dataFile.empty())
    return ConstantPointerNull::get(pointer);
  // A place for it: one byte, which all the data take when the object is
  // written.
  GlobalVariable *global =
      addGlobal(ConstantInt::get(Type::getInt8Ty(context), 0), "data");
  global->setSection(dataSectionName);
  global->setAlignment(Align(DataBlob::alignment));
  return global;
}

void DescriptorBuilder::build() {
  fillTables();
  Constant *dataFile = options.dataFile.empty()
                           ? ConstantPointerNull::get(pointer)
                           : getString(options.dataFile);
  Constant *descriptor = ConstantStruct::getAnon(
      {getNumber32(GCRT_ABI_VERSION), getNumber32(sizeof(gcrt_model)),
       getString(model.name), getNumber32(model.functions.size()),
       getNumber32(model.variables.size()), addFunctions(), addVariables(),
       addVariants(), getNumber32(variants.size()), getNumber32(0), addData(),
       getNumber64(data.blob.getSize()), dataFile,
       ConstantDataArray::get(context, ArrayRef<uint8_t>(options.dataId)),
       getString(compilerName), /*flags*/ getNumber64(0)});
  GlobalVariable *exported = addGlobal(descriptor, "model");
  exported->setName(options.id + "_model");
  exported->setLinkage(GlobalValue::ExternalLinkage);
  if (!options.isExecutable)
    return;
  GlobalVariable *mainModel = addGlobal(exported, "main");
  mainModel->setName("gcrt_main_model");
  mainModel->setLinkage(GlobalValue::ExternalLinkage);
}

void graph_compile::addDescriptor(Module &module,
                                  ArrayRef<VariantDescription> variants,
                                  const ModelData &data,
                                  const DescriptorOptions &options) {
  DescriptorBuilder(module, variants, data, options).build();
}
