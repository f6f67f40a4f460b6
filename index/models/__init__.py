"""Models on disk to vectors: registry, safety, encoders, ONNX, quantization and cache."""
