"""What outlives a browser tab: projects, files by digest, jobs, settings."""

from workspace.files import Files, StoreError
from workspace.jobs import Job, Jobs
from workspace.projects import Conflict, Gone, Project, Projects, SourcePart, SourceTable
from workspace.settings import Settings
from workspace.workspace import Usage, Workspace

__all__ = [
    "Conflict", "Files", "Gone", "Job", "Jobs", "Project", "Projects", "Settings", "SourcePart", "SourceTable", "StoreError", "Usage",
    "Workspace",
]  # fmt: skip
