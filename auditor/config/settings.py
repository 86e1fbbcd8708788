"""All settings of a site, and where each came from."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from auditor.config.deid import DeidSettings
from auditor.config.endpoints import EndpointsSettings
from auditor.config.headers import HeadersSettings
from auditor.config.report import ReportSettings
from auditor.config.schedule import MailSettings, ScheduleSettings
from auditor.config.section import Section
from auditor.config.sections import AuditSettings, RulesSettings, SiteSettings, StoreSettings
from auditor.config.trail import TrailSettings


class Settings(Section):
    """The whole of `auditor.toml`, every section with its defaults."""

    site: SiteSettings = SiteSettings()
    audit: AuditSettings = AuditSettings()
    rules: RulesSettings = RulesSettings()
    store: StoreSettings = StoreSettings()
    headers: HeadersSettings = HeadersSettings()
    endpoints: EndpointsSettings = EndpointsSettings()
    trail: TrailSettings = TrailSettings()
    deid: DeidSettings = DeidSettings()
    report: ReportSettings = ReportSettings()
    mail: MailSettings = MailSettings()
    schedule: tuple[ScheduleSettings, ...] = ()


@dataclass(frozen=True, slots=True)
class Configuration:
    """Settings with their origins: `origins["audit.purpose"]` is `flag`, `environment`, `file` or `default`.

    Relative paths in the settings refer to `base`, the folder of the file (or the working folder).
    """

    settings: Settings
    base: Path
    file: Path | None
    origins: Mapping[str, str]

    def path(self, value: str) -> Path:
        """Resolve a path setting against `base`."""
        return (self.base / Path(value).expanduser()).resolve()
