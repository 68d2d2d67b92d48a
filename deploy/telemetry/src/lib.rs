//! Logs, traces and metrics: started once by the executable.
