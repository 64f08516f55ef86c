#pragma once
// A child process, as fork() makes it: with this process's memory, and without its threads.
#include <sys/wait.h>
#include <unistd.h>

namespace lanewise::test {

// Whether body() is true in a child. One that waits for ever is ended after 20 seconds.
template <class Body>
bool holds_in_child(Body body) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);
    bool holds = false;
    try {
      holds = body();
    } catch (...) {
    }
    ::_exit(holds ? 0 : 1);
  }
  int status = 1;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

}  // namespace lanewise::test
