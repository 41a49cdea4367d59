"""Host → connection: connect to public addresses only, whatever a name leads to at that moment."""

from __future__ import annotations

import socket
from collections.abc import Sequence

from aiohttp import AddrInfoType, DefaultResolver, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from monitor.collect.guard import Network, refusal


class AddressRefusedError(OSError):
    """The guard refused an address. An OSError, because that is what aiohttp passes on from a connection."""


class GuardedResolver(AbstractResolver):
    """Look names up, and leave out the addresses that must not be connected to."""

    def __init__(self, names: AbstractResolver, allow_networks: Sequence[Network]) -> None:
        self._names, self._allow = names, allow_networks

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name that may be used, at least one.

        Raises AddressRefusedError if none may be used, OSError if none is known.
        """
        found = await self._names.resolve(host, port, family)
        reasons = {result["host"]: refusal(result["host"], self._allow) for result in found}
        usable = [result for result in found if reasons[result["host"]] is None]
        if not found:
            raise OSError(f"no address is known for {host}")
        if not usable:
            raise AddressRefusedError("; ".join(why for why in reasons.values() if why))
        return usable

    async def close(self) -> None:
        """Close the resolver underneath."""
        await self._names.close()


class GuardedConnector(TCPConnector):
    """Connect as aiohttp does, through the guard.

    The resolver alone is not enough: aiohttp does not ask it about addresses that stand in the URL
    as numbers. So the guard also stands where the socket is made, with the very address that is
    connected to. That closes DNS rebinding too: nothing is looked up again in between.
    """

    def __init__(
        self, *, allow_networks: Sequence[Network], limit: int, names: AbstractResolver | None = None
    ) -> None:
        self._guarded = GuardedResolver(names or DefaultResolver(), allow_networks)

        def make_socket(address: AddrInfoType) -> socket.socket:
            family, kind, protocol, _, where = address
            why = refusal(str(where[0]), allow_networks)
            if why:
                raise AddressRefusedError(why)
            return socket.socket(family, kind, protocol)

        super().__init__(resolver=self._guarded, socket_factory=make_socket, limit=limit)

    async def close(self, *, abort_ssl: bool = False) -> None:
        """Close all connections and the resolver."""
        await super().close(abort_ssl=abort_ssl)
        await self._guarded.close()
