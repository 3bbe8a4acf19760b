package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;

import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class SmokeTest {
    @Test
    void addsUp() {
        Tensor t = torch.ones(2, 3);
        assertThat(t.sum().item_float()).isEqualTo(6f);
    }
}
