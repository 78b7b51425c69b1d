/** The admin listener: console, JSON API, metrics. */
@NullMarked
package dev.undercloud.app.admin;

import org.jspecify.annotations.NullMarked;
