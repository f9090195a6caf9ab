//===- Header.cpp - the C and C++ header of an object --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Emit/Header.h"

#include "HeaderSupport.h"
#include "gcrt/model.h"
#include "graph-compile/Emit/CNames.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace graph_compile;

namespace {
/// How an element type is called.
struct ElementName {
  StringRef c;       ///< in C; half floats are their bits
  StringRef cxx;     ///< in C++
  StringRef dtype;   ///< the runtime's constant
  StringRef comment; ///< to the reader
};

/// One input or output with its names.
struct Tensor {
  const TensorDescription *description;
  ElementName element;
  std::string name;
  /// For each dimension the parameter that gives it, empty where it is static.
  SmallVector<std::string> dims;

  int64_t getRank() const { return description->type.getRank(); }
  bool isStatic() const { return description->type.hasStaticShape(); }
};

/// One function with its names.
struct Function {
  const FunctionDescription *description;
  size_t index;
  std::string cName;       ///< without the model's prefix
  std::string cxxName;     ///< the method
  std::string resultsName; ///< the struct of the method's outputs
  std::vector<Tensor> inputs;
  std::vector<Tensor> outputs;
};

class HeaderWriter {
public:
  HeaderWriter(raw_ostream &os, const ModelDescription &model, StringRef id);
  void write();

private:
  void writeCFunction(const Function &function);
  void writeCxxClass();
  void writeResults(const Function &function);
  void writeMethod(const Function &function);
  void writeMethodChecks(const Function &function);

  raw_ostream &os;
  const ModelDescription &model;
  StringRef id;
  std::vector<Function> functions;
};
} // namespace

static ElementName getElementName(mlir::Type type) {
  switch (*getRuntimeDtype(type)) {
  case GCRT_F64:
    return {"double", "double", "GCRT_F64", "float64"};
  case GCRT_F32:
    return {"float", "float", "GCRT_F32", "float32"};
  case GCRT_F16:
    return {"uint16_t", "gcrt::float16", "GCRT_F16", "float16"};
  case GCRT_BF16:
    return {"uint16_t", "gcrt::bfloat16", "GCRT_BF16", "bfloat16"};
  case GCRT_I64:
    return {"int64_t", "int64_t", "GCRT_I64", "int64"};
  case GCRT_I32:
    return {"int32_t", "int32_t", "GCRT_I32", "int32"};
  case GCRT_I16:
    return {"int16_t", "int16_t", "GCRT_I16", "int16"};
  case GCRT_I8:
    return {"int8_t", "int8_t", "GCRT_I8", "int8"};
  case GCRT_U64:
    return {"uint64_t", "uint64_t", "GCRT_U64", "uint64"};
  case GCRT_U32:
    return {"uint32_t", "uint32_t", "GCRT_U32", "uint32"};
  case GCRT_U16:
    return {"uint16_t", "uint16_t", "GCRT_U16", "uint16"};
  case GCRT_U8:
    return {"uint8_t", "uint8_t", "GCRT_U8", "uint8"};
  case GCRT_BOOL:
    return {"bool", "bool", "GCRT_BOOL", "bool"};
  }
  llvm_unreachable("the description has types of the runtime only");
}

/// Returns `name`, the model's own, so that it can stand inside a comment.
static std::string quoteForComment(StringRef name) {
  std::string text;
  raw_string_ostream os(text);
  os.write_escaped(name);
  for (size_t end = 0; (end = text.find("*/", end)) != std::string::npos;)
    text.insert(end + 1, " ");
  return "\"" + text + "\"";
}

/// Writes `float32[n, 8]`; an open dimension is the name of its parameter, or
/// `?` for an output.
static void writeType(raw_ostream &os, const Tensor &tensor) {
  os << tensor.element.comment << '[';
  interleaveComma(seq<int64_t>(0, tensor.getRank()), os, [&](int64_t dim) {
    if (!tensor.description->type.isDynamicDim(dim))
      os << tensor.description->type.getDimSize(dim);
    else
      os << (tensor.dims.empty() ? "?" : tensor.dims[dim]);
  });
  os << ']';
}

/// Names the inputs of a function, and their open dimensions, and its outputs.
static void nameTensors(Function &function) {
  CNameScope parameters({"instance", "results"});
  for (const TensorDescription &input : function.description->inputs) {
    Tensor tensor{&input,
                  getElementName(input.type.getElementType()),
                  parameters.add(input.name),
                  {}};
    for (int64_t dim : seq<int64_t>(0, input.type.getRank()))
      tensor.dims.push_back(
          input.type.isDynamicDim(dim)
              ? parameters.add(tensor.name + "_dim" + std::to_string(dim))
              : std::string());
    function.inputs.push_back(std::move(tensor));
  }
  // An output is a parameter in C and a member in C++, by the same name.
  for (const TensorDescription &output : function.description->outputs)
    function.outputs.push_back({&output,
                                getElementName(output.type.getElementType()),
                                parameters.add(output.name),
                                {}});
}

HeaderWriter::HeaderWriter(raw_ostream &os, const ModelDescription &model,
                           StringRef id)
    : os(os), model(model), id(id) {
  CNameScope cNames({"create", "model"});
  CNameScope cxxNames({"Model", "create", "get", "set", "save", "load",
                       "lastError", "instance", "done", "refuse", "refuseEmpty",
                       "count", "request", "receive"});
  for (auto [index, description] : enumerate(model.functions)) {
    Function function{&description,
                      index,
                      cNames.add(description.name),
                      cxxNames.add(description.name),
                      "",
                      {},
                      {}};
    function.resultsName = cxxNames.add(function.cxxName + "_results");
    nameTensors(function);
    functions.push_back(std::move(function));
  }
}

/// Writes what a function takes and gives, as lines of a comment.
static void describeTensors(raw_ostream &os, StringRef prefix,
                            const Function &function) {
  for (const Tensor &input : function.inputs) {
    os << prefix << "  " << input.name << ": input "
       << quoteForComment(input.description->name) << ", ";
    writeType(os, input);
    os << '\n';
  }
  for (const Tensor &output : function.outputs) {
    os << prefix << "  " << output.name << ": output "
       << quoteForComment(output.description->name) << ", ";
    writeType(os, output);
    os << '\n';
  }
}

void HeaderWriter::writeCFunction(const Function &function) {
  os << "\n/* Runs the function " << quoteForComment(function.description->name)
     << ". An input has as many elements as its type says; an output\n"
     << " * may be NULL where it is not wanted.\n";
  describeTensors(os, " *", function);
  os << " */\nstatic inline gcrt_status " << id << '_' << function.cName
     << "(gcrt_instance *instance";
  for (const Tensor &input : function.inputs) {
    os << ",\n    const " << input.element.c << " *" << input.name;
    for (const std::string &dim : input.dims)
      if (!dim.empty())
        os << ", int64_t " << dim;
  }
  for (const Tensor &output : function.outputs)
    os << ",\n    gcrt_result *" << output.name;
  os << ") {\n";

  for (const Tensor &input : function.inputs) {
    if (input.getRank() == 0)
      continue;
    os << "  const int64_t " << input.name << "_dims_[] = {";
    interleaveComma(seq<int64_t>(0, input.getRank()), os, [&](int64_t dim) {
      if (input.dims[dim].empty())
        os << input.description->type.getDimSize(dim);
      else
        os << input.dims[dim];
    });
    os << "};\n";
  }
  if (!function.inputs.empty()) {
    os << "  const gcrt_tensor inputs_[] = {";
    interleave(
        function.inputs, os,
        [&](const Tensor &input) {
          os << "\n      {" << input.name << ", ";
          if (input.getRank() == 0)
            os << "NULL";
          else
            os << input.name << "_dims_";
          os << ", " << input.element.dtype << ", " << input.getRank() << '}';
        },
        ",");
    os << "};\n";
  }
  if (!function.outputs.empty()) {
    os << "  gcrt_result results_[" << function.outputs.size() << "];\n"
       << "  memset(results_, 0, sizeof(results_));\n";
    for (auto [index, output] : enumerate(function.outputs))
      os << "  if (" << output.name << ")\n    results_[" << index << "] = *"
         << output.name << ";\n";
  }
  os << "  gcrt_status status_ = gcrt_call(instance, " << function.index << ", "
     << (function.inputs.empty() ? "NULL" : "inputs_") << ", "
     << function.inputs.size() << ", "
     << (function.outputs.empty() ? "NULL" : "results_") << ", "
     << function.outputs.size() << ");\n";
  for (auto [index, output] : enumerate(function.outputs))
    os << "  if (" << output.name << ")\n    *" << output.name << " = results_["
       << index << "];\n";
  os << "  return status_;\n}\n";
}

void HeaderWriter::writeResults(const Function &function) {
  if (function.outputs.empty())
    return;
  os << "  /* The outputs of " << function.cxxName << "(). */\n  struct "
     << function.resultsName << " {\n";
  for (const Tensor &output : function.outputs) {
    os << "    gcrt::Output<" << output.element.cxx << ", " << output.getRank()
       << "> " << output.name << "; /* ";
    writeType(os, output);
    os << " */\n";
  }
  os << "  };\n\n";
}

/// Writes the checks of what the runtime cannot see: it is given no sizes.
void HeaderWriter::writeMethodChecks(const Function &function) {
  os << "    if (!instance())\n      return refuseEmpty();\n";
  for (const Tensor &input : function.inputs) {
    if (input.getRank() == 0)
      continue;
    if (input.isStatic())
      os << "    if (" << input.name
         << ".size() != " << input.description->type.getNumElements() << ")\n";
    else
      os << "    if (!" << input.name << ".isWhole())\n";
    os << "      return refuse(\"input \\\"";
    os.write_escaped(input.description->name);
    os << "\\\" has another number of elements than its shape\");\n";
  }
}

void HeaderWriter::writeMethod(const Function &function) {
  writeResults(function);
  os << "  /* Runs the function " << quoteForComment(function.description->name)
     << ".\n";
  describeTensors(os, "   *", function);
  os << "   */\n  gcrt_status " << function.cxxName << '(';
  ListSeparator separator(",\n      ");
  for (const Tensor &input : function.inputs) {
    os << separator;
    if (input.getRank() == 0)
      os << input.element.cxx << ' ';
    else if (input.isStatic())
      os << "gcrt::Span<const " << input.element.cxx << "> ";
    else
      os << "gcrt::View<const " << input.element.cxx << ", " << input.getRank()
         << "> ";
    os << input.name;
  }
  if (!function.outputs.empty())
    os << separator << function.resultsName << " &results";
  os << ") {\n";
  writeMethodChecks(function);

  for (const Tensor &input : function.inputs) {
    if (input.getRank() == 0 || !input.isStatic())
      continue;
    os << "    static const int64_t " << input.name << "_dims_[] = {";
    interleaveComma(input.description->type.getShape(), os);
    os << "};\n";
  }
  if (!function.inputs.empty()) {
    os << "    const gcrt_tensor inputs_[] = {";
    interleave(
        function.inputs, os,
        [&](const Tensor &input) {
          os << "\n        {";
          if (input.getRank() == 0)
            os << '&' << input.name << ", nullptr";
          else if (input.isStatic())
            os << input.name << ".data(), " << input.name << "_dims_";
          else
            os << input.name << ".data(), " << input.name << ".dims().data()";
          os << ", " << input.element.dtype << ", " << input.getRank() << '}';
        },
        ",");
    os << "};\n";
  }
  if (!function.outputs.empty()) {
    os << "    gcrt_result results_[] = {";
    interleaveComma(function.outputs, os, [&](const Tensor &output) {
      os << "request(results." << output.name << ')';
    });
    os << "};\n";
  }
  os << "    gcrt_status status_ = gcrt_call(instance(), " << function.index
     << ", " << (function.inputs.empty() ? "nullptr" : "inputs_") << ", "
     << function.inputs.size() << ", "
     << (function.outputs.empty() ? "nullptr" : "results_") << ", "
     << function.outputs.size() << ");\n";
  for (auto [index, output] : enumerate(function.outputs))
    os << "    receive(status_, results_[" << index << "], results."
       << output.name << ");\n";
  os << "    return done(status_);\n  }\n";
}

void HeaderWriter::writeCxxClass() {
  os << "#ifdef __cplusplus\n\n"
     << getHeaderSupport() << "\nnamespace " << id << " {\n\n"
     << "/* An instance of the model " << quoteForComment(model.name)
     << "; see gcrt::Instance for create(), get(),\n * set(), save(), load() "
        "and lastError(). */\n"
     << "class Model : public gcrt::Instance {\npublic:\n"
     << "  Model() : gcrt::Instance(" << id << "_model) {}\n";
  for (const Function &function : functions) {
    os << '\n';
    writeMethod(function);
  }
  os << "};\n\n} /* namespace " << id << " */\n\n#endif /* __cplusplus */\n";
}

void HeaderWriter::write() {
  std::string guard = StringRef(id).upper() + "_MODEL_H";
  os << "/* The model " << quoteForComment(model.name)
     << ", compiled by graph-compile " GRAPH_COMPILE_VERSION ".\n"
     << " *\n * C: " << id
     << "_create makes an instance, the functions below run it, and\n"
     << " * gcrt/runtime.h has all else: variables, save, load, "
        "gcrt_last_error,\n * gcrt_destroy.\n * C++: the class "
     << id << "::Model.\n */\n\n"
     << "#ifndef " << guard << "\n#define " << guard << "\n\n"
     << "#include \"gcrt/runtime.h\"\n\n#include <stdbool.h>\n"
        "#include <string.h>\n\n"
     << "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
     << "extern const gcrt_model " << id << "_model;\n\n"
     << "/* Makes an instance; `options` may be NULL. */\n"
     << "static inline gcrt_status " << id
     << "_create(const gcrt_options *options,\n"
     << "    gcrt_instance **instance) {\n  return gcrt_create(&" << id
     << "_model, options, instance);\n}\n";
  for (const Function &function : functions)
    writeCFunction(function);
  os << "\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n";
  writeCxxClass();
  os << "\n#endif /* " << guard << " */\n";
}

void graph_compile::writeHeader(raw_ostream &os, const ModelDescription &model,
                                StringRef id) {
  HeaderWriter(os, model, id).write();
}
