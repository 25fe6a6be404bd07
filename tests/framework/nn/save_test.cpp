// save and load by name: what comes back, and what is refused with nothing changed.
#include <cinta/framework/nn/layers.hpp>
#include <cinta/framework/nn/save.hpp>

#include "nn_support.hpp"

#include <cinta/framework/io/safetensors.hpp>

#include <filesystem>

#include <unistd.h>

namespace {

using namespace cinta;
using nn_support::elements;
using nn_support::sentence;

struct Net {
  Linear hidden{2, 3};
  Buffer mean{Tensor{0, 0}};
  Linear out{3, 1};
};
struct Renamed {
  Linear hiden{2, 3};
  Buffer mean{Tensor{0, 0}};
  Linear out{3, 1};
};
struct Smaller {
  Linear hidden{2, 3};
  Buffer mean{Tensor{0, 0}};
};

// A folder of this test alone.
struct Folder {
  std::filesystem::path path = std::filesystem::temp_directory_path() / ("cinta_save_test_" + std::to_string(getpid()));
  Folder() { std::filesystem::create_directories(path); }
  ~Folder() { std::filesystem::remove_all(path); }
  std::string file(const char* name) const { return (path / name).string(); }
};

Net trained(Dtype dtype = f32) {
  Net net;
  cinta::init(net, {.seed = 1, .dtype = dtype});
  net.mean = Tensor{0.5, -2};
  return net;
}

template <class M> std::string bytes_of(M& net) {
  std::string all;
  for (const auto& leaf : detail::leaves_of(net)) {
    const Tensor& t = leaf.parameter != nullptr ? leaf.parameter->raw_value() : leaf.buffer->value();
    all += leaf.name + to_string(t.dtype()).data() + std::string(static_cast<const char*>(t.raw()), t.bytes());
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(save)

BOOST_AUTO_TEST_CASE(what_is_saved_comes_back_bit_for_bit) {
  const Folder folder;
  for (const Dtype dtype : {f32, f64}) {
    Net net = trained(dtype), back;
    cinta::save(net, folder.file("net.safetensors"), {{"model", "net"}});
    load(back, folder.file("net.safetensors"));
    BOOST_TEST((bytes_of(back) == bytes_of(net)));
    BOOST_TEST((back.out.bias.value().dtype() == dtype));
  }
  const SafetensorsFile file = read_safetensors(folder.file("net.safetensors"));
  BOOST_TEST(file.metadata.at("model") == "net");
  BOOST_TEST(file.tensors.size() == 5u);
  BOOST_REQUIRE(file.find("hidden.weight") != nullptr);
  BOOST_TEST((file.find("hidden.weight")->shape() == Shape{2, 3}));
  BOOST_TEST(file.find("mean") != nullptr);
}

BOOST_AUTO_TEST_CASE(paths_of_the_standard_library_are_taken) {
  const Folder folder;
  const Net net = trained();
  Net back;
  cinta::save(net, folder.path / "net.safetensors");
  load(back, folder.path / "net.safetensors");
  BOOST_TEST(equal_bytes(back.out.weight.value(), net.out.weight.value()));
}

BOOST_AUTO_TEST_CASE(a_loaded_model_keeps_identity_and_freezing) {
  const Folder folder;
  Net net = trained(), other = trained();
  cinta::save(net, folder.file("net.safetensors"));
  freeze(other, "hidden.*");
  const auto slot = other.out.weight.slot().index();
  load(other, folder.file("net.safetensors"));
  BOOST_TEST(other.out.weight.slot().index() == slot);
  BOOST_TEST(other.hidden.weight.frozen());
}

BOOST_AUTO_TEST_CASE(missing_and_unexpected_tensors_are_named_and_nothing_changes) {
  const Folder folder;
  const std::string path = folder.file("net.safetensors"), small = folder.file("small.safetensors");
  Net net = trained();
  cinta::save(net, path);
  Renamed renamed;
  cinta::init(renamed, {.seed = 5});
  const std::string before = bytes_of(renamed);
  BOOST_TEST(sentence<FileError>([&] { load(renamed, path); }) ==
             path + ": has no tensor \"hiden.weight\", which the model wants; did you mean \"hidden.weight\"?");
  BOOST_TEST((bytes_of(renamed) == before));
  Smaller smaller;
  cinta::init(smaller, {.seed = 5});
  const std::string smaller_before = bytes_of(smaller);
  BOOST_TEST(sentence<FileError>([&] { load(smaller, path); }) ==
             path + ": tensor \"out.weight\" has no place in the model");
  BOOST_TEST((bytes_of(smaller) == smaller_before));
  cinta::save(smaller, small);
  const std::string net_before = bytes_of(net);
  BOOST_TEST(sentence<FileError>([&] { load(net, small); }) ==
             small + ": has no tensor \"out.weight\", which the model wants");
  BOOST_TEST((bytes_of(net) == net_before));
}

BOOST_AUTO_TEST_CASE(a_wrong_shape_or_type_is_refused_and_nothing_changes) {
  const Folder folder;
  const std::string path = folder.file("net.safetensors");
  Net net = trained();
  const std::string before = bytes_of(net);
  std::vector<NamedTensor> tensors;
  for (const auto& leaf : detail::leaves_of(net))
    tensors.push_back(
        {leaf.name, leaf.parameter != nullptr ? zeros(leaf.parameter->shape()) : zeros(leaf.buffer->shape())});
  auto changed = tensors;
  changed.back().tensor = zeros({2});  // the last that is looked at
  write_safetensors(path, changed);
  BOOST_TEST(sentence<FileError>([&] { load(net, path); }) ==
             path + ": tensor \"out.bias\" has shape [2], but the model's has [1]");
  BOOST_TEST((bytes_of(net) == before));
  changed.back().tensor = zeros({1}, i32);
  write_safetensors(path, changed);
  BOOST_TEST(sentence<FileError>([&] { load(net, path); }) ==
             path + ": tensor \"out.bias\" is i32, but a parameter is f32 or f64");
  BOOST_TEST((bytes_of(net) == before));
  write_safetensors(path, tensors);
  load(net, path);
  BOOST_TEST((bytes_of(net) != before));
}

BOOST_AUTO_TEST_CASE(an_uninitialised_model_is_not_saved) {
  const Folder folder;
  const Net net;
  const std::string path = folder.file("net.safetensors");
  CHECK_SENTENCE(
      ValueError, (cinta::save(net, path), 0),
      "save: the parameter \"hidden.weight\" was never initialised: call init(net, {.seed = 1}), or load it");
  BOOST_TEST(!std::filesystem::exists(path));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_told) {
  Net net = trained();
  const std::string told = sentence<FileError>([&] { load(net, "/nowhere/net.safetensors"); });
  BOOST_TEST(told.find("/nowhere/net.safetensors") == 0u, told);
}

BOOST_AUTO_TEST_SUITE_END()
