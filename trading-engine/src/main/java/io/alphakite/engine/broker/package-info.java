/** What a broker can be asked, whichever broker it is: one port, its answers as sealed values. */
@NullMarked
package io.alphakite.engine.broker;

import org.jspecify.annotations.NullMarked;
