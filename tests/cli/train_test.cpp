// cinta train: what it writes and prints, that the result is the same with any number of threads, and Ctrl-C.
#include "program_support.hpp"

#include <nlohmann/json.hpp>

namespace {

using namespace program_support;

}  // namespace

BOOST_AUTO_TEST_SUITE(train)

BOOST_AUTO_TEST_CASE(writes_the_model_its_history_and_its_metrics) {
  const Workplace work;
  const Outcome outcome = work.run(train_iris({"--out", work.path("model"), "--seed", "7"}));
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST((work.names("model") == Words{"history.csv", "metrics.json", "model.json", "model.safetensors"}));
  const auto metrics = nlohmann::json::parse(work.read("model/metrics.json"));
  BOOST_TEST(metrics["task"] == "multiclass");
  BOOST_TEST(metrics["seed"] == 7);
  BOOST_TEST(metrics["epochs"] == 5);
  BOOST_TEST(metrics["test"]["accuracy"].get<double>() > metrics["baseline"]["accuracy"].get<double>());
  for (const char* name : {"accuracy", "roc_auc_ovr", "log_loss", "brier"})
    BOOST_TEST(metrics["test"].contains(name), name);
  const std::string history = work.read("model/history.csv");
  BOOST_TEST(std::count(history.begin(), history.end(), '\n') == 6);
  for (const char* text :
       {"150 rows", "multiclass", "layers.0", "kept the parameters of epoch", "accuracy", "majority"})
    BOOST_TEST(outcome.out.find(text) != std::string::npos, text);
  BOOST_TEST(outcome.error.find("epoch 5/5") != std::string::npos, outcome.error);
}

BOOST_AUTO_TEST_CASE(a_regression_and_a_linear_model_are_one_flag_away) {
  const Workplace work;
  const Outcome outcome = work.run({"train", "--data", dataset("diabetes"), "--target", "target", "--hidden", "none",
                                    "--epochs", "60", "--out", work.path("m")});
  BOOST_TEST(outcome.code == 0, outcome.error);
  const auto metrics = nlohmann::json::parse(work.read("m/metrics.json"));
  BOOST_TEST(metrics["task"] == "regression");
  BOOST_TEST(metrics["test"]["r2"].get<double>() > 0.2);
  for (const char* name : {"rmse", "mae", "r2"}) BOOST_TEST(metrics["test"].contains(name), name);
}

BOOST_AUTO_TEST_CASE(categories_with_an_order_are_one_column) {
  const Workplace work;
  std::string text = "protein,oil=fat,y\n";
  const char *const proteins[] = {"Bajo", "Medio", "Alto"}, *const oils[] = {"no", "some"};
  for (int i = 0; i < 30; ++i)
    text += std::string(proteins[i % 3]) + ',' + oils[i % 2] + ',' + std::to_string(i % 3 + 0.5 * (i % 2)) + '\n';
  const Outcome outcome = work.run({"train", "--data", work.file("athletes.csv", text), "--target", "y", "--ordered",
                                    "protein=Bajo < Medio < Alto", "--ordered", "oil=fat=no<some", "--hidden", "none",
                                    "--out", work.path("m")});
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(outcome.out.find("features  2 from 2 columns") != std::string::npos, outcome.out);
  const auto model = nlohmann::json::parse(work.read("m/model.json"));
  BOOST_TEST(model["encoder"]["columns"][0]["kind"] == "ordered");
  BOOST_TEST((model["encoder"]["columns"][0]["levels"] == Words{"Bajo", "Medio", "Alto"}));
  const Outcome seen =
      work.run({"predict", "--model", work.path("m"), "--data", work.file("new.csv", "oil=fat,protein\nno,Enorme\n")});
  BOOST_TEST(seen.code == 0, seen.error);
}

BOOST_AUTO_TEST_CASE(every_setting_that_is_offered_trains) {
  const Workplace work;
  for (const char* name : {"gradient_descent", "momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw",
                           "lecture_momentum", "lecture_adagrad"})
    BOOST_TEST(work.run(train_iris({"--optimizer", name, "--lr", "0.001"})).code == 0, name);
  for (const char* name : {"constant", "cosine", "warmup", "step"})
    BOOST_TEST(work.run(train_iris({"--schedule", name})).code == 0, name);
  for (const char* name : {"relu", "leaky_relu", "elu", "gelu", "silu", "tanh", "sigmoid"})
    BOOST_TEST(work.run(train_iris({"--activation", name})).code == 0, name);
  for (const char* name : {"full", "1", "7", "100000"})
    BOOST_TEST(work.run(train_iris({"--batch", name})).code == 0, name);
  for (const Words& words : {Words{"--dtype", "f64"},
                             {"--l1", "0.01"},
                             {"--l2", "0.01"},
                             {"--valid", "0"},
                             {"--patience", "0"},
                             {"--drop", "sepal_width"},
                             {"--task", "multiclass"},
                             {"--delimiter", ","},
                             {"--dropout", "0.5"},
                             {"--seed", "18446744073709551615"}})
    BOOST_TEST(work.run(train_iris(words)).code == 0, words[0]);
}

BOOST_AUTO_TEST_CASE(parameters_have_equal_bytes_for_1_2_and_3_threads) {
  const Workplace work;
  for (const char* n : {"1", "2", "3"})
    BOOST_TEST(work.run({"train", "--data", dataset("telco_churn"), "--target", "churn", "--epochs", "2", "--batch",
                         "2048", "--hidden", "256,128", "--threads", n, "--out", work.path(n)})
                   .code == 0);
  const std::string one = work.read("1/model.safetensors");
  BOOST_TEST((work.read("2/model.safetensors") == one));
  BOOST_TEST((work.read("3/model.safetensors") == one));
  BOOST_TEST((work.read("2/model.json") == work.read("1/model.json")));
  work.run({"train", "--data", dataset("telco_churn"), "--target", "churn", "--epochs", "2", "--batch", "2048",
            "--hidden", "256,128", "--seed", "1", "--out", work.path("other")});
  BOOST_TEST((work.read("other/model.safetensors") != one));
}

BOOST_AUTO_TEST_CASE(a_pipe_gets_what_a_file_gets) {
  const Workplace work;
  const std::string words =
      "train --data '" + dataset("iris") + "' --target target --hidden none --epochs 2 2>/dev/null";
  const auto shell = [&](const std::string& command) { return std::system(command.c_str()); };
  BOOST_TEST(shell("'" CINTA_PROGRAM "' " + words + " > '" + work.path("file") + "'") == 0);
  BOOST_TEST(shell("'" CINTA_PROGRAM "' " + words + " | cat > '" + work.path("pipe") + "'") == 0);
  const auto without_seconds = [](std::string text) { return text.replace(text.find("epochs in"), 15, ""); };
  BOOST_TEST(without_seconds(work.read("pipe")) == without_seconds(work.read("file")));
  BOOST_TEST(work.read("pipe").find('\x1b') == std::string::npos);  // no colours
}

BOOST_AUTO_TEST_CASE(memory_and_profile_are_printed_and_change_no_byte) {
  const Workplace work;
  BOOST_TEST(work.run(train_iris({"--out", work.path("plain")})).code == 0);
  const Outcome watched =
      work.run(train_iris({"--memory", "--profile", work.path("trace.json"), "--out", work.path("watched")}));
  BOOST_TEST(watched.code == 0, watched.error);
  BOOST_TEST(watched.out.find("\npeak of all tensors ") != std::string::npos, watched.out);
  BOOST_TEST(watched.out.find("\nlinear                     backward") != std::string::npos, watched.out);
  BOOST_TEST(work.read("trace.json").starts_with("[\n{\"cat\":\"span\""));
  BOOST_TEST(work.read("plain/model.safetensors") == work.read("watched/model.safetensors"));
  check_refused_so(work.run(train_iris({"--profile", work.path("no/where.json")})), work.path("no/where.json"));
}

BOOST_AUTO_TEST_CASE(ctrl_c_ends_training_cleanly_and_the_model_is_written) {
  const Workplace work;
  Words words = train_iris({"--out", work.path("model"), "--patience", "0"});
  std::replace(words.begin(), words.end(), std::string("5"), std::string("1000000"));
  const pid_t child = work.start(words);
  for (int wait = 0; wait < 400 && (!work.has("stderr") || work.read("stderr").find("epoch") == std::string::npos);
       ++wait)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  kill(child, SIGINT);
  const Outcome outcome = work.finish(child);
  BOOST_TEST(outcome.code == 130);
  BOOST_TEST(outcome.out.find("interrupted") != std::string::npos);
  BOOST_TEST((work.names("model") == Words{"history.csv", "metrics.json", "model.json", "model.safetensors"}));
  BOOST_TEST(work.run({"evaluate", "--model", work.path("model"), "--data", dataset("iris")}).code == 0);
}

BOOST_AUTO_TEST_CASE(a_later_model_takes_the_place_of_an_earlier_one) {
  const Workplace work;
  BOOST_TEST(work.run(train_iris({"--out", work.path("model")})).code == 0);
  const std::string first = work.read("model/model.safetensors");
  BOOST_TEST(work.run(train_iris({"--out", work.path("model"), "--seed", "2"})).code == 0);
  BOOST_TEST((work.read("model/model.safetensors") != first));
  BOOST_TEST(work.names("model").size() == 4u);
}

// The mean of seeds 1 to 5, with the program's defaults, on the same splits as the linear model.
BOOST_AUTO_TEST_CASE(the_churn_network_is_as_good_as_logistic_regression) {
  const Workplace work;
  const auto mean_auc = [&](const Words& more) {
    double total = 0;
    for (int seed = 1; seed <= 5; ++seed) {
      Words words{"train", "--data", dataset("telco_churn"), "--target",
                  "churn", "--seed", std::to_string(seed),   "--json"};
      words.insert(words.end(), more.begin(), more.end());
      const Outcome outcome = work.run(words);
      BOOST_REQUIRE_MESSAGE(outcome.code == 0, outcome.error);
      total += nlohmann::json::parse(outcome.out)["test"]["roc_auc"].get<double>();
    }
    return total / 5;
  };
  const double network = mean_auc({}), linear = mean_auc({"--hidden", "none"});
  BOOST_TEST_MESSAGE("ROC-AUC " << network << ", without a hidden layer " << linear);
  BOOST_TEST(network >= 0.835);
  BOOST_TEST(network >= linear - 0.006);
}

BOOST_AUTO_TEST_SUITE_END()
