from integrations.models.connections import Authorisation, Company, Connection, ConnectionState, Credential
from integrations.models.mappings import AccountMapping, ConfigurationVersion, MappingSlot
from integrations.models.references import Reference, ReferenceKind
from integrations.models.sync import ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob

__all__ = [
    "AccountMapping",
    "Authorisation",
    "Company",
    "ConfigurationVersion",
    "Connection",
    "ConnectionState",
    "Credential",
    "ExternalLink",
    "JobState",
    "MappingSlot",
    "Reference",
    "ReferenceKind",
    "SyncAttempt",
    "SyncEnvelope",
    "SyncJob",
]
