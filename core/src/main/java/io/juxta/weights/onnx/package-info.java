/** ONNX files: a graph of operators and the tensors it needs, in protobuf's wire format. */
@NullMarked
package io.juxta.weights.onnx;

import org.jspecify.annotations.NullMarked;
