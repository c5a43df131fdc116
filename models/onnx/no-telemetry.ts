// ONNX Runtime sends telemetry and leaves files in the temporary directory for it, unless this is set before it is loaded.
// A worker thread sets only a copy that native code does not see: the main thread must have set it.
process.env['ORT_DISABLE_TELEMETRY'] ??= '1'
