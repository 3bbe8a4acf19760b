package io.juxta.weights.pickle;

import org.apiguardian.api.API;

/**
 * A class or function that a pickle names, or what it would have made of one that is not known here. It is a name and stays
 * one.
 */
@API(status = API.Status.INTERNAL)
public record Global(String module, String name) {
    boolean is(String otherModule, String otherName) {
        return module.equals(otherModule) && name.equals(otherName);
    }

    @Override
    public String toString() {
        return module + "." + name;
    }
}
