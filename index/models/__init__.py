"""From models on disk to vectors: registry, safety, encoders, ONNX, quantization, cache."""
