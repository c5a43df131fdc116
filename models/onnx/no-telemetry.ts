// ONNX Runtime reports its use to its makers, and leaves files in the temporary directory for that, unless this is set before it is loaded.
// In a worker thread this is a copy that native code does not see: whoever starts the worker has set it.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
