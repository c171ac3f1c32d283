/** The REST surface, the login, the control API and the status page. */
@NullMarked
package io.alphakite.simulator.web;

import org.jspecify.annotations.NullMarked;
