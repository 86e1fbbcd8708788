"""The template engine: sandboxed, escaping, strict about names, and looking into a site's folder first."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from auditor.errors import ConfigError
from auditor.report.language import Language
from auditor.report.words import clean
from auditor.resources import reports_folder

_TYPED = re.compile("`([^`]*)`")


def environment(language: Language, site: Path | None = None) -> SandboxedEnvironment:
    """The environment in which reports are rendered; templates in `site` win over the shipped ones."""
    folders = [str(folder) for folder in (site, reports_folder()) if folder]
    made = SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
        extensions=["jinja2.ext.i18n", "jinja2.ext.loopcontrols"],
    )
    made.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= {
        "day": _day,
        "moment": _moment,
        "number": _number(language),
        "brief": clean,
        "translated": language.told,
        "code": _code,
        "short": _brief_number,
        "typed": _typed,
    }
    made.globals |= {"language": language.code}
    return made


def render(engine: SandboxedEnvironment, name: str, variables: Mapping[str, Any]) -> str:
    """Render template `name`; raises ConfigError with the template's file and line for whatever is wrong in it."""
    try:
        return engine.get_template(name).render(variables)
    except TemplateNotFound as error:
        raise ConfigError(
            f"there is no template {error}",
            where=f"reports/{name}",
            right="a template that is shipped or lies in [report] templates",
            next_step="auditor doctor",
        ) from error
    except (TemplateError, TypeError, AttributeError, ValueError, ZeroDivisionError) as error:
        raise ConfigError(
            f"a report template cannot be rendered: {error}",
            where=_place(error, name),
            right="the variables that reports/README.md lists",
            next_step="correct the template, or take it out of [report] templates",
        ) from error


def _place(error: Exception, name: str) -> str:
    line = getattr(error, "lineno", None)
    if line is not None:
        return f"{getattr(error, 'filename', None) or name}:{line}"
    place, trace = name, error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".j2"):
            place = f"{file}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return clean(value)


def _day(value: date | datetime) -> str:
    return f"{value:%Y-%m-%d}"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _number(language: Language) -> Any:
    mark = {"de": "."}.get(language.code, ",")

    def number(value: int) -> str:
        return f"{value:,}".replace(",", mark)

    return number


def _brief_number(value: int) -> str:
    """A number for a small field: up to 999 as it is, then in thousands (`12k`) and millions (`3M`)."""
    for size, mark in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value // size}{mark}"
    return str(value)


def _code(value: str) -> Markup:
    """A hash or identifier in groups of eight, so that it can be read out and wraps."""
    text = clean(value)
    parts = [text[start : start + 8] for start in range(0, len(text), 8)]
    return Markup('<span class="code">{}</span>').format(Markup("<wbr>").join(parts))


def _typed(value: str) -> Markup:
    """Text in which what stands between backticks is to be typed as it is, and drawn so."""
    plain, *rest = _TYPED.split(clean(value))
    drawn = [escape(plain)]
    for typed, after in zip(rest[::2], rest[1::2], strict=True):
        drawn += [Markup("<b>{}</b>").format(typed), escape(after)]
    return Markup("").join(drawn)
