#include <boost/test/unit_test.hpp>

#include <cinta/framework/io/atomic_file.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string>

namespace fs = std::filesystem;
using namespace cinta;

namespace {

/// A folder of this test's own, open to everybody.
struct Folder {
  fs::path path;
  Folder() {
    std::string name = (fs::temp_directory_path() / "cinta-atomic-XXXXXX").string();
    path = ::mkdtemp(name.data());
    ::chmod(path.c_str(), 0777);
  }
  ~Folder() { fs::remove_all(path); }
  fs::path operator/(const std::string& name) const { return path / name; }
  int files() const { return static_cast<int>(std::distance(fs::directory_iterator(path), fs::directory_iterator())); }
};

template <class F> std::string refusal(F f) {
  try {
    f();
  } catch (const FileError& error) {
    return error.what();
  }
  return "accepted";
}

/// Whether `f` returns true in a process of its own, which may give up rights and limit itself.
template <class F> bool in_child(F f) {
  const pid_t child = ::fork();
  if (child == 0) {
    bool passed = false;
    try {
      passed = f();
    } catch (...) {}
    ::_exit(passed ? 0 : 1);
  }
  int status = 1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

bool become_nobody() { return ::geteuid() != 0 || (::setgid(65534) == 0 && ::setuid(65534) == 0); }

}  // namespace

BOOST_AUTO_TEST_SUITE(atomic_file)

BOOST_AUTO_TEST_CASE(what_is_written_is_read_and_nothing_else_is_left) {
  const Folder folder;
  const std::string text("a\0b\n", 4), longer(300'000, 'x');
  write_file_atomically(folder / "f", text);
  BOOST_TEST(read_file(folder / "f") == text);
  write_file_atomically(folder / "f", [&](OutputFile& out) {
    out.write("head");
    out.write(longer);
    for (int i = 0; i < 100'000; ++i) out.write("yz");
  });
  std::string expected = "head" + longer;
  for (int i = 0; i < 100'000; ++i) expected += "yz";
  BOOST_TEST((read_file(folder / "f") == expected));
  write_file_atomically(folder / "f", "");
  BOOST_TEST(read_file(folder / "f").empty());
  BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(the_old_file_is_whole_until_the_new_one_is) {
  const Folder folder;
  write_file_atomically(folder / "f", "old");
  write_file_atomically(folder / "f", [&](OutputFile& out) {
    out.write(std::string(200'000, 'x'));
    BOOST_TEST(read_file(folder / "f") == "old");
  });
  BOOST_TEST(read_file(folder / "f").size() == 200'000u);
}

BOOST_AUTO_TEST_CASE(a_writer_that_throws_leaves_the_old_file_and_no_other) {
  const Folder folder;
  write_file_atomically(folder / "f", "old");
  BOOST_CHECK_THROW(write_file_atomically(folder / "f",
                                          [](OutputFile& out) {
                                            out.write(std::string(200'000, 'x'));
                                            throw ValueError("no");
                                          }),
                    ValueError);
  BOOST_TEST(read_file(folder / "f") == "old");
  BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_in_one_sentence) {
  BOOST_TEST(refusal([] { write_file_atomically("/dev/full", "text"); }) ==
             "/dev/full: can't be written: no space left on device");
  BOOST_TEST(fs::is_character_file("/dev/full"));
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_half_way_leaves_the_old_file_and_no_other) {
  const Folder folder;
  write_file_atomically(folder / "f", "old");
  const bool told = in_child([&] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto write = [&] { write_file_atomically(folder / "f", std::string(200'000, 'x')); };
    return refusal(write) == (folder / "f").string() + ": can't be written: file too large";
  });
  BOOST_TEST(told);
  BOOST_TEST(read_file(folder / "f") == "old");
  BOOST_TEST(folder.files() == 1);
}

BOOST_AUTO_TEST_CASE(folders_and_files_protected_against_writing_are_refused) {
  const Folder folder;
  write_file_atomically(folder / "protected", "old");
  ::chmod((folder / "protected").c_str(), 0444);
  fs::create_directory(folder / "closed");
  ::chmod((folder / "closed").c_str(), 0555);
  const auto refused = [&](const std::string& name) {
    return in_child([&] {
      const std::string path = (folder / name).string();
      return become_nobody() &&
             refusal([&] { write_file_atomically(path, "new"); }) == path + ": can't be written: permission denied";
    });
  };
  BOOST_TEST(refused("protected"));
  BOOST_TEST(refused("closed/f"));
  BOOST_TEST(read_file(folder / "protected") == "old");
}

BOOST_AUTO_TEST_CASE(a_place_where_no_file_can_be_is_refused) {
  const Folder folder;
  write_file_atomically(folder / "f", "old");
  fs::create_directory(folder / "d");
  const auto why = [&](const std::string& name) {
    const std::string path = (folder / name).string(), sentence = refusal([&] { write_file_atomically(path, "x"); });
    return sentence.starts_with(path + ": ") ? sentence.substr(path.size() + 2) : sentence;
  };
  BOOST_TEST(why("d") == "can't be written: is a directory");
  BOOST_TEST(why("none/f") == "can't be written: there is no folder " + (folder / "none").string());
  BOOST_TEST(why("f/g") == "can't be written: not a directory");
  BOOST_TEST(why(std::string(300, 'n')) == "can't be written: file name too long");
  BOOST_TEST(why(std::string(255, 'n')) == "accepted");
}

BOOST_AUTO_TEST_CASE(permissions_and_symbolic_links_stay) {
  const Folder folder;
  write_file_atomically(folder / "f", "old");
  ::chmod((folder / "f").c_str(), 0640);
  fs::create_symlink("f", folder / "link");
  write_file_atomically(folder / "link", "new");
  BOOST_TEST(fs::is_symlink(folder / "link"));
  BOOST_TEST(read_file(folder / "f") == "new");
  BOOST_TEST(static_cast<int>(fs::status(folder / "f").permissions()) == 0640);
  BOOST_TEST(folder.files() == 2);
}

BOOST_AUTO_TEST_CASE(a_folder_is_replaced_whole_or_not_at_all) {
  const Folder folder;
  write_file_atomically(folder / "a", "old a");
  write_file_atomically(folder / "b", "old b");
  {
    FolderTransaction files(folder.path);
    files.write("a", "new a");
    BOOST_CHECK_THROW(files.write("b", [](OutputFile&) { throw FileError("full"); }), FileError);
  }
  BOOST_TEST(read_file(folder / "a") == "old a");
  BOOST_TEST(folder.files() == 2);

  FolderTransaction files(folder.path);
  files.write("a", "new a");
  files.write("b", "new b");
  files.write("c", "new c");
  BOOST_TEST(read_file(folder / "a") == "old a");
  files.commit();
  BOOST_TEST(read_file(folder / "a") + read_file(folder / "b") + read_file(folder / "c") == "new anew bnew c");
  BOOST_TEST(folder.files() == 3);
}

BOOST_AUTO_TEST_CASE(a_rename_that_fails_undoes_those_before_it) {
  const Folder folder;
  write_file_atomically(folder / "a", "old a");
  {
    FolderTransaction files(folder.path);
    files.write("a", "new a");
    files.write("b", "new b");
    files.write("c", "new c");
    fs::create_directories(folder / "c/in the way");
    BOOST_CHECK_THROW(files.commit(), FileError);
  }
  BOOST_TEST(read_file(folder / "a") == "old a");
  BOOST_TEST(!fs::exists(folder / "b"));
  BOOST_TEST(folder.files() == 2);
}

BOOST_AUTO_TEST_CASE(a_folder_is_made_when_needed_and_removed_when_nothing_came_of_it) {
  const Folder folder;
  { FolderTransaction(folder / "x/model").write("a", "text"); }
  BOOST_TEST(!fs::exists(folder / "x/model"));
  FolderTransaction files(folder / "x/model");
  files.write("a", "text");
  files.commit();
  BOOST_TEST(read_file(folder / "x/model/a") == "text");
  BOOST_TEST(refusal([&] { FolderTransaction inside(folder / "x/model/a/b"); }) ==
             (folder / "x/model/a/b").string() + ": the folder can't be made: not a directory");
}

BOOST_AUTO_TEST_CASE(what_is_no_readable_file_is_refused) {
  const Folder folder;
  write_file_atomically(folder / "f", "text");
  ::mkfifo((folder / "pipe").c_str(), 0666);
  const std::string base = folder.path.string();
  BOOST_TEST(refusal([&] { read_file(folder / "none"); }) == base + "/none: can't be read: no such file or directory");
  BOOST_TEST(refusal([&] { read_file(folder.path); }) == base + ": can't be read: is a directory");
  BOOST_TEST(refusal([&] { read_file(folder / "f", 3); }) == base + "/f: can't be read: it has more than 3 bytes");
  BOOST_TEST(read_file(folder / "f", 4) == "text");
  BOOST_TEST(refusal([&] { read_file("/dev/zero", 100'000); }) ==
             "/dev/zero: can't be read: it has more than 100000 bytes");
  BOOST_TEST(refusal([&] { InputFile file(folder.path); }) == base + ": can't be read: is a directory");
  BOOST_TEST(refusal([&] { InputFile file(folder / "pipe"); }) ==
             base + "/pipe: can't be read: it is not a regular file");
  ::chmod((folder / "f").c_str(), 0);
  BOOST_TEST(in_child([&] {
    return become_nobody() &&
           refusal([&] { read_file(folder / "f"); }) == base + "/f: can't be read: permission denied";
  }));
}

BOOST_AUTO_TEST_CASE(a_file_that_shrinks_while_it_is_read_is_an_error) {
  const Folder folder;
  write_file_atomically(folder / "f", "12345678");
  const InputFile file(folder / "f");
  fs::resize_file(folder / "f", 5);
  std::byte bytes[4];
  file.read(1, bytes);
  BOOST_TEST(std::string(reinterpret_cast<char*>(bytes), 4) == "2345");
  BOOST_TEST(refusal([&] { file.read(4, bytes); }) ==
             (folder / "f").string() + ": can't be read: it ended at byte 5 while it was read");
}

BOOST_AUTO_TEST_SUITE_END()
