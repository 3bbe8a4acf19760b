package io.juxta.torch;

import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.global.torch;

/** An operator of libtorch that the Java binding does not declare, found by name in the dispatcher. */
final class Operator {
    private final OperatorHandle handle;

    /**
     * @param name with its name space, as in {@code aten::_fused_sgd_}
     * @param overload empty for the plain one
     */
    Operator(String name, String overload) {
        // any call of the global functions makes the binding load libtorch
        torch.get_num_threads();
        handle = Dispatcher.singleton().findSchemaOrThrow(name, overload);
        // operators are found on first use, perhaps inside a scope that would free the handle with all else
        handle.retainReference();
    }

    /** Calls it with all its arguments in order, defaults included; an empty {@code IValue} is None. */
    IValueVector call(IValue... arguments) {
        IValueVector stack = new IValueVector(arguments);
        handle.callBoxed(stack);
        return stack;
    }
}
