package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.juxta.Filler;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TensorListsTest {
    private static final long[][] SHAPES = {{5}, {7, 3}, {8, 4, 3, 3}, {2, 16, 1, 1}, {1}, {33, 65}};

    private PointerScope scope = new PointerScope();

    @BeforeEach
    void open() {
        scope.close();
        scope = new PointerScope();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    static Stream<Arguments> layouts() {
        return Stream.of(ScalarType.Float, ScalarType.Double)
                .flatMap(type -> Stream.of(MemoryFormat.Contiguous, MemoryFormat.ChannelsLast)
                        .map(format -> Arguments.of(type, format)));
    }

    private static List<Tensor> drawn(long tag, ScalarType type, MemoryFormat format) {
        List<Tensor> tensors = new ArrayList<>();
        for (int i = 0; i < SHAPES.length; i++) {
            Tensor tensor = Filler.tensor(tag + i, type, SHAPES[i]);
            tensors.add(tensor.dim() == 4 ? tensor.contiguous(format) : tensor);
        }
        return tensors;
    }

    private static List<Tensor> copies(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::clone).toList();
    }

    private static void assertClose(List<Tensor> actual, List<Tensor> expected, ScalarType type) {
        double tolerance = type == ScalarType.Double ? 1e-14 : 1e-6;
        for (int i = 0; i < actual.size(); i++) {
            assertThat(torch.allclose(actual.get(i), expected.get(i), tolerance, tolerance, false))
                    .as("tensor %d", i)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void sgdIsThePlainFormula(ScalarType type, MemoryFormat format) {
        List<Tensor> p = drawn(10, type, format);
        List<Tensor> v = p.stream().map(torch::zeros_like).toList();
        List<Tensor> plainP = new ArrayList<>(copies(p));
        List<Tensor> plainV = new ArrayList<>(copies(v));
        for (int step = 0; step < 4; step++) {
            List<Tensor> g = drawn(100 * (step + 1), type, format);
            List<Tensor> before = copies(g);
            TensorLists.sgd(p, g, v, 0.03, 0.9, 1e-2);
            for (int i = 0; i < p.size(); i++) {
                Tensor decayed = g.get(i).add(plainP.get(i).mul(new Scalar(1e-2)));
                plainV.set(i, plainV.get(i).mul(new Scalar(0.9)).add(decayed));
                plainP.set(i, plainP.get(i).sub(plainV.get(i).mul(new Scalar(0.03))));
            }
            assertClose(p, plainP, type);
            assertClose(v, plainV, type);
            for (int i = 0; i < g.size(); i++) {
                assertThat(torch.equal(g.get(i), before.get(i))).isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void lerpIsThePlainFormula(ScalarType type, MemoryFormat format) {
        List<Tensor> self = drawn(10, type, format);
        List<Tensor> end = drawn(50, type, format);
        List<Tensor> expected = new ArrayList<>();
        for (int i = 0; i < self.size(); i++) {
            expected.add(self.get(i).mul(new Scalar(0.999)).add(end.get(i).mul(new Scalar(0.001))));
        }
        TensorLists.lerp(self, end, 0.001);
        assertClose(self, expected, type);
    }

    @ParameterizedTest
    @MethodSource("layouts")
    void normIsThatOfAllValuesTogether(ScalarType type, MemoryFormat format) {
        List<Tensor> tensors = drawn(10, type, format);
        double squares = 0;
        for (Tensor tensor : tensors) {
            Tensor wide = tensor.to(ScalarType.Double);
            squares += wide.mul(wide).sum().item_double();
        }
        assertThat(TensorLists.norm(tensors).item_double()).isCloseTo(Math.sqrt(squares), withinPercentage(1e-4));
    }

    @Test
    void lerpEndsAreExact() {
        List<Tensor> self = drawn(10, ScalarType.Float, MemoryFormat.Contiguous);
        List<Tensor> before = copies(self);
        List<Tensor> end = drawn(50, ScalarType.Float, MemoryFormat.Contiguous);
        TensorLists.lerp(self, end, 0);
        for (int i = 0; i < self.size(); i++) {
            assertThat(torch.equal(self.get(i), before.get(i))).isTrue();
        }
        TensorLists.lerp(self, end, 1);
        for (int i = 0; i < self.size(); i++) {
            assertThat(torch.equal(self.get(i), end.get(i))).isTrue();
        }
    }

    @Test
    void worksOnParametersThatWantGradients() {
        Tensor p = Filler.tensor(1, ScalarType.Float, 3).set_requires_grad(true);
        Tensor v = torch.zeros(3);
        TensorLists.sgd(List.of(p), List.of(torch.ones(3)), List.of(v), 1, 0.9, 0);
        TensorLists.lerp(List.of(p), List.of(torch.zeros(3)), 1);
        assertThat(p.requires_grad()).isTrue();
        assertThat(torch.equal(p, torch.zeros(3))).isTrue();
    }
}
