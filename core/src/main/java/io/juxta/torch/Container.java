package io.juxta.torch;

import java.util.ArrayList;
import java.util.List;
import org.apiguardian.api.API;
import org.bytedeco.pytorch.Module;

/**
 * A module that keeps its children reachable. libtorch calls back into the Java objects of a tree ({@code train},
 * {@code to}, {@code zero_grad}); a child that only libtorch holds is collected one day, and the call fails.
 */
@API(status = API.Status.INTERNAL)
public class Container extends Module {
    private final List<Module> children = new ArrayList<>();

    /** @param name what libtorch calls the module in its messages */
    public Container(String name) {
        super(name);
    }

    @Override
    public <M extends Module> M register_module(String name, M module) {
        children.add(module);
        return super.register_module(name, module);
    }

    List<Module> registered() {
        return children;
    }
}
