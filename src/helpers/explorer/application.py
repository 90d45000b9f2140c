"""Turn the notebook of the explorer into a web server. The server is the program Voilà with one
change: each kernel ends when nobody needs it any more. A kernel is the Python process behind one
open page. The module `server` calls this module."""

from __future__ import annotations

import asyncio
import shutil
import signal
import threading
import webbrowser
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyter_client.session import utcnow
from jupyter_core.utils import run_sync
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from markupsafe import Markup
from tornado.ioloop import IOLoop
from tornado.web import HTTPError
from traitlets import Integer
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler

from helpers.figures import markup

from .views import say

_PAGE: ContextVar[ExplorerPage] = ContextVar("page")


class PageKernels(AsyncMappingKernelManager):
    """The kernels of the server, at most one for each open page. A kernel ends when its page says
    that it closes, when its page has lost the connection, or when nobody uses its page."""

    most_kernels = Integer(8, config=True, help="the most kernels at the same time")
    cull_left_timeout = Integer(10, config=True, help="seconds that a kernel without page goes on")

    async def start_kernel(self, **options: Any) -> str:
        """Start the kernel of the page that is being loaded. If too many kernels run, raise an HTTP
        error 503. Kernels that are ending still count, so first wait for their end."""
        ending = [task for name, task in self._pending_kernels.items() if name in self]
        await asyncio.gather(*ending, return_exceptions=True)
        changing = {name for name, task in self._pending_kernels.items() if not task.done()}
        if len(changing | set(self._kernels)) >= self.most_kernels:
            raise HTTPError(503)
        kernel = await super().start_kernel(**options)
        await _PAGE.get().use(kernel)
        return kernel

    async def end(self, kernel_id: str) -> None:
        """End a kernel at once, unless the kernel is ending already."""
        if kernel_id in self and kernel_id not in self._pending_kernels:
            await self.shutdown_kernel(kernel_id, now=True)

    def notify_disconnect(self, kernel_id: str) -> None:
        """Record the time at which a page lost its connection. The page may connect again a moment
        later."""
        super().notify_disconnect(kernel_id)
        if kernel_id in self:
            self.get_kernel(kernel_id).last_activity = utcnow()

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel whose page has been gone for `cull_left_timeout` seconds, or whose page has
        been idle for `cull_idle_timeout` seconds."""
        if kernel_id in self._pending_kernels:
            return
        kernel = self.get_kernel(kernel_id)
        alone = not self._kernel_connections.get(kernel_id) and kernel.execution_state != "busy"
        left_at = kernel.last_activity + timedelta(seconds=self.cull_left_timeout)
        if alone and utcnow() > left_at:
            await self.end(kernel_id)
        else:
            await super().cull_kernel_if_idle(kernel_id)


class ExplorerPage(TornadoVoilaHandler):
    """The reply to a browser that loads the explorer."""

    kernel_id = ""
    left = False

    async def get(self, path: str | None = None) -> None:
        """Send the page and its cookie. The page sends the cookie's token back when it closes;
        without the token, the server would refuse to end the kernel of the page."""
        _PAGE.set(self)
        _ = self.xsrf_token
        await super().get(path)

    async def use(self, kernel_id: str) -> None:
        """Keep the id of the page's kernel. If the browser has already closed the connection, end
        the kernel."""
        self.kernel_id = kernel_id
        if self.left:
            await self.kernel_manager.end(kernel_id)
            raise HTTPError(499, reason="The browser has closed the connection.")

    def on_connection_close(self) -> None:
        """End the kernel of a page that was left before all of the page was sent."""
        super().on_connection_close()
        self.left = True
        if self.kernel_id:
            IOLoop.current().add_callback(self.kernel_manager.end, self.kernel_id)

    def write_error(self, status_code: int, **details: Any) -> None:
        """Say in both languages what the reader can do when the server is full."""
        if status_code != 503:
            super().write_error(status_code, **details)
            return
        most = self.kernel_manager.most_kernels
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Retry-After", str(self.kernel_manager.cull_left_timeout))
        self.finish(markup.fill_template("explorer/full.html", most=most))


class ExplorerServer(Voila):
    """The server of the explorer. When the server ends, it prints one line and leaves no process
    and no file behind."""

    def init_handlers(self) -> list:
        """Return the handlers of Voilà, with the page of the explorer in place of Voilà's own."""
        own = {TornadoVoilaHandler: ExplorerPage}
        handlers = super().init_handlers()
        return [(path, own.get(handler, handler), *more) for path, handler, *more in handlers]

    def listen(self) -> None:
        """Serve until a signal ends the server."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._handle_signal_stop)
        IOLoop.current().add_callback(lambda: print(f"\n  {self.display_url}\n", flush=True))
        super().listen()

    def stop(self) -> None:
        """End all kernels at once, since they hold nothing that could be saved. Remove the
        server's temporary folder."""
        try:
            run_sync(self.kernel_manager.shutdown_all)(now=True)
        finally:
            shutil.rmtree(self.connection_dir, ignore_errors=True)
        print(f"\n{say('explorer.closed')}", flush=True)

    def _url(self, ip: str) -> str:
        """Return an address that browsers understand, with brackets around an IPv6 address."""
        return super()._url(f"[{ip}]" if ":" in ip else ip)

    def launch_browser(self) -> None:
        """Open the page in a browser. The address with the token goes through a file that only this
        user can read, because all users of a machine see the arguments of its programs."""
        page = Path(self.connection_dir, "open.html")
        leads = Markup('<meta http-equiv="refresh" content="0;url={}">').format(self.display_url)
        page.write_text(leads, encoding="utf8")
        threading.Thread(target=webbrowser.open, args=(page.as_uri(),), daemon=True).start()
