from integrations.models.connections import Authorisation, Company, Connection, ConnectionState, Credential
from integrations.models.mappings import ConfigurationVersion, MappingEntry
from integrations.models.references import Reference, ReferenceKind
from integrations.models.sync import Decision, ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob
from integrations.models.totals import ConservationProof, StateTotal, Term

__all__ = [
    "Authorisation",
    "Company",
    "ConfigurationVersion",
    "Connection",
    "ConnectionState",
    "ConservationProof",
    "Credential",
    "Decision",
    "ExternalLink",
    "JobState",
    "MappingEntry",
    "Reference",
    "ReferenceKind",
    "StateTotal",
    "SyncAttempt",
    "SyncEnvelope",
    "SyncJob",
    "Term",
]
