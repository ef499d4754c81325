"""What can be set from outside, each by an environment variable."""

from pathlib import Path

from platformdirs import user_data_dir
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from io_utils.options import Limits


class Settings(BaseSettings):
    """The settings of a server; ``WORKBENCH_UPLOAD_MB=200`` sets ``upload_mb``, and so on for every field."""

    model_config = SettingsConfigDict(env_prefix="WORKBENCH_", frozen=True)

    data_folder: Path = Field(
        default_factory=lambda: Path(user_data_dir("workbench", appauthor=False)),
        description="Folder that keeps projects, uploaded files and results. Back up this folder.",
    )
    upload_mb: int = Field(500, ge=1, description="Largest file that can be uploaded, in MB. Set server.maxUploadSize to the same.")
    results_mb: int = Field(1024, ge=0, description="Memory for results of steps that are kept to be shown again at once, in MB.")
    results_disk_mb: int = Field(20_000, ge=0, description="Disk for a project's results, in MB; those not used for longest are removed.")
    workers: int = Field(2, ge=1, description="How many jobs (reading a file, long runs, downloads) run at the same time.")
    worker_memory_gb: float = Field(4.0, gt=0, description="A job that needs more memory than this is stopped, in GB.")
    worker_seconds: float = Field(900, gt=0, description="A job that takes longer than this is stopped, in seconds.")
    undo: int = Field(200, ge=1, description="How many changes of a project can be undone.")
    in_process_cells: int = Field(2_000_000, ge=0, description="Tables with fewer cells than this are worked on without a job.")
    limits: Limits = Field(
        default_factory=Limits, description="What a file may hold, each by its own variable: WORKBENCH_LIMIT_ROWS, WORKBENCH_LIMIT_SIZE, …"
    )
