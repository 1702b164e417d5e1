"""Processes that compute for the desk: on this machine, or on a cluster that is named."""

from vaultdesk.adapters.workers.cluster import ClusterWorkers
from vaultdesk.adapters.workers.pool import PoolWorkers

__all__ = ["ClusterWorkers", "PoolWorkers"]
