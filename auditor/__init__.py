"""Security and HIPAA compliance auditor for medical imaging. The public functions are in `auditor.api`."""

__version__ = "0.1.0"
