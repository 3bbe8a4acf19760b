package io.juxta.torch;

import io.juxta.natives.Natives;
import java.util.Locale;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.global.torch;

/** The choice of a device by name. */
@API(status = API.Status.INTERNAL)
public final class Devices {
    static {
        Natives.torch();
    }

    private Devices() {}

    /**
     * Finds a device.
     *
     * @param name {@code cpu}, {@code cuda} (the first one), {@code cuda:N}, or {@code auto}: the first CUDA device
     *     where there is one, otherwise the CPU
     * @throws IllegalArgumentException when there is no such device here
     */
    public static Device parse(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        long devices = torch.cuda_is_available() ? torch.cuda_device_count() : 0;
        if (lower.equals("cpu") || (lower.equals("auto") && devices == 0)) {
            return new Device("cpu");
        }
        if (lower.equals("auto") || lower.equals("cuda")) {
            lower = "cuda:0";
        }
        if (!lower.matches("cuda:\\d{1,4}")) {
            throw new IllegalArgumentException("device " + name + " is unknown: use cpu, cuda:N or auto");
        }
        if (Integer.parseInt(lower.substring("cuda:".length())) >= devices) {
            throw new IllegalArgumentException("device " + name + " is not here (" + devices
                    + " CUDA devices seen): use cpu or auto, or build with the profile cuda");
        }
        return new Device(lower);
    }
}
