// cinta new: what it writes and what it refuses. That the project builds is tests/package/run.sh's to show.
#include "program_support.hpp"

namespace {

using namespace program_support;

// What the files say for a project of that name.
std::string renamed(std::string text, const std::string& name) {
  const std::string placeholder = "my_network";
  for (std::size_t at = 0; (at = text.find(placeholder, at)) != std::string::npos; at += name.size())
    text.replace(at, placeholder.size(), name);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(new_command)

BOOST_AUTO_TEST_CASE(the_project_is_that_of_the_tree_under_the_name_of_its_folder) {
  const Workplace work;
  const Outcome outcome = work.run({"new", work.path("two-moons")});
  BOOST_TEST(outcome.code == 0, outcome.error);
  Words expected;
  for (const auto& entry : fs::directory_iterator(CINTA_SOURCE_DIR "/examples/new_project"))
    expected.push_back(entry.path().filename().string());
  std::sort(expected.begin(), expected.end());
  BOOST_TEST(work.names("two-moons") == expected);
  BOOST_TEST(expected.size() >= 8u);
  for (const std::string& name : expected) {
    const std::string text = cinta::read_file(fs::path(CINTA_SOURCE_DIR "/examples/new_project") / name);
    BOOST_TEST(work.read("two-moons/" + name) == renamed(text, "two-moons"));
    BOOST_TEST(outcome.out.find(name) != std::string::npos, name << " is not told");
  }
  BOOST_TEST(work.read("two-moons/CMakeLists.txt").find("project(two-moons ") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_empty_folder_is_filled_and_a_path_with_a_slash_at_its_end_has_a_name) {
  const Workplace work;
  fs::create_directory(work.path("net"));
  const Outcome outcome = work.run({"new", work.path("net/")});
  BOOST_TEST(outcome.code == 0, outcome.error);
  BOOST_TEST(work.read("net/README.md").starts_with("# net\n"));
}

BOOST_AUTO_TEST_CASE(a_folder_with_something_in_it_and_a_file_are_refused_and_left_as_they_are) {
  const Workplace work;
  fs::create_directory(work.path("net"));
  work.file("net/notes.txt", "mine");
  check_refused(work.run({"new", work.path("net")}), work.path("net") +
                                                         ": the folder is not empty, \"notes.txt\" is in it; new wants "
                                                         "one that is empty or not yet there");
  BOOST_TEST(work.names("net") == Words{"notes.txt"});
  BOOST_TEST(work.read("net/notes.txt") == "mine");

  check_refused(work.run({"new", work.file("plain", "mine")}), work.path("plain") + ": exists, and is no folder");
  BOOST_TEST(work.read("plain") == "mine");
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_name_a_project_is_refused) {
  const Workplace work;
  for (const std::string& name : Words{"3d", "my network", "netz\"werk", "añil", "_net", "net;rm", "${net}"}) {
    check_refused_so(work.run({"new", work.path(name)}), "new names the project as its folder");
    BOOST_TEST(!work.has(name));
  }
  check_refused_so(work.run({"new", ""}), "new names the project as its folder");
  check_refused_so(work.run({"new", "/"}), "new names the project as its folder");
  check_refused_so(work.run({"new", work.path(std::string(101, 'a'))}), "new names the project as its folder");
}

BOOST_AUTO_TEST_CASE(no_folder_two_folders_and_unknown_flags_are_refused) {
  const Workplace work;
  check_refused(work.run({"new"}), "DIR is required");
  check_refused(work.run({"new", work.path("a"), work.path("b")}),
                "new takes one word beside its flags, and \"" + work.path("b") + "\" is another");
  check_refused(work.run({"new", "--hepl"}), "new has no flag \"--hepl\"; did you mean \"--help\"?");
  BOOST_TEST(!work.has("a"));
}

BOOST_AUTO_TEST_CASE(a_disk_that_is_full_on_the_way_leaves_nothing) {
  const Workplace work;
  const Outcome outcome = work.run({"new", work.path("net")}, {.file_size = 1200});  // the larger files do not fit
  BOOST_TEST(outcome.code == 1);
  BOOST_TEST(outcome.error.ends_with(": can't be written: file too large\n"), outcome.error);
  BOOST_TEST(!work.has("net"));
}

BOOST_AUTO_TEST_CASE(a_folder_that_cannot_be_made_is_told) {
  const Workplace work;
  check_refused_so(work.run({"new", "/proc/net"}), "/proc/net: ", 2);
  check_refused_so(work.run({"new", "/proc/nothing"}), "/proc/nothing: the folder can't be made", 1);
}

BOOST_AUTO_TEST_SUITE_END()
