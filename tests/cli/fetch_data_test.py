#!/usr/bin/env python3
"""Tests of tools/fetch_data against servers on this machine, good ones and bad ones."""

import contextlib
import gzip
import hashlib
import http.server
import importlib.machinery
import importlib.util
import io
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "tools" / "fetch_data"
sys.path.insert(0, str(SCRIPT.parent))

CONTENTS = {"images.gz": bytes(range(256)) * 4000, "labels.gz": b"labels" * 100}


def described(contents, plain=b""):
    return {name: (len(data), hashlib.sha256(data).hexdigest(), hashlib.sha256(plain).hexdigest())
            for name, data in contents.items()}


def load_script():
    loader = importlib.machinery.SourceFileLoader("fetch_data", str(SCRIPT))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fetch_data", loader))
    loader.exec_module(module)
    module.FILES = described(CONTENTS)
    return module


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        server = self.server
        name = self.path.rpartition("/")[2]
        requested = self.headers.get("Range")
        server.requests.append((name, requested))
        if server.redirect:
            status, location = server.redirect
            self.send_response(status)
            self.send_header("Location", location.replace("NAME", name))
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        data = server.contents.get(name)
        if data is None:
            self.send_error(404)
            return
        start = 0
        if requested and server.ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", requested)[1])
            if server.refuse_ranges:
                self.send_error(416)
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        else:
            self.send_response(200)
        if server.send_length:
            self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        body = data[start:]
        if server.stop_after is not None:
            body = body[:server.stop_after]
        self.wfile.write(body)
        self.wfile.flush()
        if server.hang:
            server.released.wait(20)


class Server(http.server.ThreadingHTTPServer):
    """A mirror; its attributes say what is wrong with it."""
    daemon_threads = True

    def __init__(self, contents=CONTENTS, ranges=True, refuse_ranges=False, stop_after=None,
                 hang=False, send_length=True, redirect=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.contents, self.ranges, self.refuse_ranges = contents, ranges, refuse_ranges
        self.stop_after, self.hang, self.send_length = stop_after, hang, send_length
        self.redirect = redirect  # (status, address with NAME in it)
        self.requests = []
        self.released = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/mnist"

    def stop(self):
        self.released.set()
        self.shutdown()
        self.server_close()


class FetchData(unittest.TestCase):
    def setUp(self):
        self.script = load_script()
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.out = pathlib.Path(temporary.name) / "cache" / "mnist"
        for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            os.environ.pop(variable, None)

    def serve(self, **properties):
        server = Server(**properties)
        self.addCleanup(server.stop)
        return server

    def fetch(self, *servers, timeout=5):
        """Runs the tool; returns its exit status and what it wrote."""
        arguments = ["--out", str(self.out), "--timeout", str(timeout)]
        for server in servers:
            arguments += ["--mirror", server if isinstance(server, str) else server.url]
        text = io.StringIO()
        with contextlib.redirect_stdout(text), contextlib.redirect_stderr(text):
            status = self.script.main(arguments)
        return status, text.getvalue()

    def put(self, name, data):
        self.out.mkdir(parents=True, exist_ok=True)
        (self.out / name).write_bytes(data)

    def assert_complete(self):
        self.assertEqual({p.name: p.read_bytes() for p in self.out.iterdir()}, CONTENTS)

    def assert_no_file(self, name):
        self.assertFalse((self.out / name).exists())

    def test_downloads_then_leaves_alone(self):
        server = self.serve()
        status, text = self.fetch(server)
        self.assertEqual(status, 0, text)
        self.assert_complete()
        self.assertEqual(len(server.requests), 2)
        status, text = self.fetch(server)
        self.assertEqual(status, 0)
        self.assertIn("images.gz: already there", text)
        self.assertEqual(len(server.requests), 2)

    def test_damaged_file_is_replaced(self):
        self.put("labels.gz", b"damaged")
        status, text = self.fetch(self.serve())
        self.assertEqual(status, 0)
        self.assertIn("labels.gz: is there with a wrong sha256", text)
        self.assert_complete()

    def test_wrong_hash(self):
        wrong = dict(CONTENTS, **{"images.gz": b"x" * len(CONTENTS["images.gz"])})
        status, text = self.fetch(self.serve(contents=wrong))
        self.assertEqual(status, 1)
        self.assertIn("wrong sha256", text)
        self.assertIn("1 of 2 files are missing", text)
        self.assertEqual([p.name for p in self.out.iterdir()], ["labels.gz"])

    def test_wrong_size(self):
        for wrong in (b"x" * 10, CONTENTS["images.gz"] + b"x"):
            for send_length in (True, False):
                server = self.serve(contents={"images.gz": wrong}, send_length=send_length)
                status, text = self.fetch(server)
                self.assertEqual(status, 1)
                self.assertRegex(text, "expected|ended after 10 of")
                self.assert_no_file("images.gz")

    def test_connection_cut_is_resumed_by_the_next_mirror(self):
        cut, good = self.serve(stop_after=5000), self.serve()
        status, text = self.fetch(cut, good)
        self.assertEqual(status, 0, text)
        self.assertIn("ended after 5000 of 1024000 bytes", text)
        self.assertIn(("images.gz", "bytes=5000-"), good.requests)
        self.assert_complete()

    def test_connection_cut_leaves_only_a_part(self):
        status, _ = self.fetch(self.serve(stop_after=5000))
        self.assertEqual(status, 1)
        self.assert_no_file("images.gz")
        self.assertEqual((self.out / "images.gz.part").stat().st_size, 5000)

    def test_missing_file_is_taken_from_the_second_mirror(self):
        bad = self.serve(contents={})
        status, text = self.fetch(bad, self.serve())
        self.assertEqual(status, 0)
        self.assertIn(f"{bad.url}/images.gz: HTTP status 404 Not Found", text)
        self.assert_complete()

    def nobody(self):
        """The address of a mirror that is not there."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return f"http://127.0.0.1:{probe.getsockname()[1]}/"

    def test_no_network_is_one_line(self):
        for mirrors in ((self.nobody(),), (self.nobody(), "http://no-such-host.invalid/")):
            status, text = self.fetch(*mirrors)
            self.assertEqual(status, 1)
            self.assertRegex(text, r"^fetch_data: no mirror can be reached: .*Connection refused\n$")

    def test_second_mirror_serves_where_the_first_is_not_there(self):
        status, text = self.fetch(self.nobody(), self.serve())
        self.assertEqual(status, 0, text)
        self.assert_complete()

    def test_no_mirror_has_it(self):
        closed = self.nobody()
        bad = self.serve(contents={})
        status, text = self.fetch(closed, bad)
        self.assertEqual(status, 1)
        self.assertIn("Connection refused", text)
        self.assertIn("404", text)
        self.assertIn("images.gz: no mirror gave it", text)
        self.assertEqual(list(self.out.iterdir()), [])

    def test_resumes(self):
        self.put("images.gz.part", CONTENTS["images.gz"][:1000])
        server = self.serve()
        status, text = self.fetch(server)
        self.assertEqual(status, 0, text)
        self.assertEqual(server.requests[0], ("images.gz", "bytes=1000-"))
        self.assert_complete()

    def test_complete_part_needs_no_download(self):
        self.put("images.gz.part", CONTENTS["images.gz"])
        server = self.serve()
        self.assertEqual(self.fetch(server)[0], 0)
        self.assertEqual(server.requests, [("labels.gz", None)])
        self.assert_complete()

    def test_server_that_ignores_ranges(self):
        self.put("images.gz.part", CONTENTS["images.gz"][:1000])
        server = self.serve(ranges=False)
        self.assertEqual(self.fetch(server)[0], 0)
        self.assertEqual(server.requests[0], ("images.gz", "bytes=1000-"))
        self.assert_complete()

    def test_server_that_refuses_ranges(self):
        self.put("images.gz.part", CONTENTS["images.gz"][:1000])
        server = self.serve(refuse_ranges=True)
        self.assertEqual(self.fetch(server)[0], 0)
        self.assertEqual([r for _, r in server.requests], ["bytes=1000-", None, None])
        self.assert_complete()

    def test_bad_part_is_started_again(self):
        for part in (b"x" * 1000, b"x" * len(CONTENTS["images.gz"]), b"x" * 2000000):
            self.put("images.gz.part", part)
            (self.out / "images.gz").unlink(missing_ok=True)
            status, text = self.fetch(self.serve())
            self.assertEqual(status, 0, text)
            self.assert_complete()

    def test_silent_mirror_is_given_up(self):
        start = time.monotonic()
        silent = self.serve(stop_after=10, hang=True)
        status, text = self.fetch(silent, self.serve(), timeout=0.3)
        self.assertEqual(status, 0, text)
        self.assertIn("timed out", text)
        self.assertLess(time.monotonic() - start, 10)
        self.assert_complete()

    def test_redirects_are_followed(self):
        good = self.serve()
        for status in (301, 302, 303, 307, 308):
            shutil.rmtree(self.out, ignore_errors=True)
            result, text = self.fetch(self.serve(redirect=(status, good.url + "/NAME")))
            self.assertEqual(result, 0, text)
            self.assert_complete()

    def test_redirects_elsewhere_are_not(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            listener.setblocking(False)
            there = f"127.0.0.1:{listener.getsockname()[1]}"
            self.out.parent.mkdir(parents=True)
            local = self.out.parent / "images.gz"
            local.write_bytes(CONTENTS["images.gz"])
            server = self.serve()
            for status in (301, 302, 303, 307, 308):
                for address in (f"ftp://{there}/NAME", f"FTP://{there}/NAME", local.as_uri(),
                                "data:,x", f"gopher://{there}/NAME", f"ftp://{there}/%0d%0aNAME"):
                    server.redirect = (status, address)
                    result, text = self.fetch(server)
                    self.assertEqual(result, 1, text)
                    self.assertRegex(text, "redirects to|[Rr]edirection to url")
                    self.assertEqual(list(self.out.iterdir()), [])
            self.assertRaises(BlockingIOError, listener.accept)

    def test_redirects_in_a_circle_end(self):
        server = self.serve(redirect=(302, "NAME"))
        result, text = self.fetch(server)
        self.assertEqual(result, 1)
        self.assertIn("infinite loop", text)

    def test_files_are_known_by_their_other_names(self):
        plain = b"what is compressed"
        name, dotted = "images-idx3-ubyte.gz", "images.idx3-ubyte"
        contents = {name: gzip.compress(plain)}
        self.script.FILES = described(contents, plain)
        for other, data in ((name.removesuffix(".gz"), plain), (dotted + ".gz", contents[name]),
                            (dotted, plain)):
            self.put(other, data)
            server = self.serve(contents=contents)
            status, text = self.fetch(server)
            self.assertEqual(status, 0, text)
            self.assertIn(f"{name}: already there as {other}", text)
            self.assertEqual(server.requests, [])
            self.put(other, b"damaged")
            status, text = self.fetch(server)
            self.assertEqual(status, 0, text)
            self.assertIn(f"{other}: is there with a wrong sha256", text)
            self.assertEqual((self.out / name).read_bytes(), contents[name])
            shutil.rmtree(self.out)

    def test_links_and_modes_are_kept(self):
        elsewhere = self.out.parent / "elsewhere"
        elsewhere.mkdir(parents=True)
        self.put("labels.gz", b"damaged")
        (self.out / "labels.gz").chmod(0o600)
        (self.out / "images.gz").symlink_to(elsewhere / "images")
        status, text = self.fetch(self.serve())
        self.assertEqual(status, 0, text)
        self.assert_complete()
        self.assertTrue((self.out / "images.gz").is_symlink())
        self.assertEqual((self.out / "labels.gz").stat().st_mode & 0o777, 0o600)

    def test_what_is_no_file_is_not_waited_for(self):
        self.out.mkdir(parents=True)
        os.mkfifo(self.out / "images.gz")
        (self.out / "labels.gz.part").mkdir()
        status, text = self.fetch(self.serve())
        self.assertEqual(status, 1)
        self.assertIn("images.gz is in the way, which is not a regular file", text)
        self.assertIn("labels.gz.part is in the way", text)

    def test_interrupted_run_leaves_only_a_part(self):
        server = self.serve(stop_after=70000, hang=True)
        code = (f"import sys; sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r});"
                "import fetch_data_test; sys.exit(fetch_data_test.load_script().main(sys.argv[1:]))")
        process = subprocess.Popen(
            [sys.executable, "-B", "-c", code, "--out", str(self.out), "--mirror", server.url],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        part = self.out / "images.gz.part"
        deadline = time.monotonic() + 20
        while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=20)
        self.assertEqual(process.returncode, 130, text)
        self.assertIn("run it again", text)
        self.assertEqual([p.name for p in self.out.iterdir()], ["images.gz.part"])

    def test_unwritable_directory(self):
        self.out.parent.mkdir(parents=True)
        self.out.write_text("a file where the folder should be")
        status, text = self.fetch(self.serve())
        self.assertEqual(status, 1)
        self.assertIn(str(self.out), text)

    def test_usage(self):
        run = subprocess.run([str(SCRIPT), "--help"], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0)
        self.assertIn("--mirror", run.stdout)
        for wrong in (["--mirror", "ftp://x/"], ["--timeout", "0"], ["--timeout", "nan"],
                      ["--unknown"]):
            run = subprocess.run([str(SCRIPT), *wrong], capture_output=True, text=True, check=False)
            self.assertEqual(run.returncode, 2, wrong)

    def test_default_directory_is_the_users_cache(self):
        self.addCleanup(os.environ.update, {k: os.environ[k] for k in ("HOME",)})
        os.environ.pop("XDG_CACHE_HOME", None)
        os.environ["HOME"] = "/home/somebody"
        expected = pathlib.Path("/home/somebody/.cache/lanewise/mnist")
        self.assertEqual(self.script.default_directory(), expected)
        os.environ["XDG_CACHE_HOME"] = "relative"
        self.assertEqual(self.script.default_directory(), expected)
        os.environ["XDG_CACHE_HOME"] = "/cache"
        self.assertEqual(self.script.default_directory(), pathlib.Path("/cache/lanewise/mnist"))
        del os.environ["XDG_CACHE_HOME"]


if __name__ == "__main__":
    unittest.main()
