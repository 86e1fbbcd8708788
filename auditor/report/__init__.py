"""A finished run becomes a report: HTML, PDF/A, signature, exports; and a report is verified again.

`build.build_report` makes a signed PDF of a stored run, `verify.verify` says in sentences what a PDF is
worth, `formats.render` writes the run for other programs. Everything here reads a run alone
(`source.ReportSource`): no store, no rules folder, no network but the timestamp authority that was named.
"""
