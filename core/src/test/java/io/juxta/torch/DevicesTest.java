package io.juxta.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bytedeco.javacpp.PointerScope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "CPU"})
    void theCpuIsAlwaysThere(String name) {
        try (PointerScope scope = new PointerScope()) {
            assertThat(Devices.parse(name).is_cpu()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:99999", "cuda:0 ", "cpu:0", "mps", "cuda:x\ny"})
    void unknownDevicesAreRefused(String name) {
        assertThatThrownBy(() -> Devices.parse(name))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown: use cpu, cuda:N or auto");
    }

    @Test
    void aDeviceThatIsNotHereIsRefusedInOneLine() {
        assertThatThrownBy(() -> Devices.parse("cuda:9999"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("device cuda:9999 is not here")
                .message()
                .doesNotContain("\n");
    }

    @Test
    void autoFindsSomething() {
        try (PointerScope scope = new PointerScope()) {
            assertThat(Devices.parse("auto")).isNotNull();
        }
    }
}
