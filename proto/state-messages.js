/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $String = $util.global.String, $Number = $util.global.Number, $parseInt = $util.global.parseInt, $Array = $util.global.Array, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean, $isFinite = $util.global.isFinite;

const $root = $protobuf.roots["sluice-state"] || ($protobuf.roots["sluice-state"] = {});

export const sluice = $root.sluice = (() => {

    const sluice = {};

    sluice.ModelState = (function() {

        const ModelState = function (properties) {
            this.versions = [];
            this.movedUpTo = [];
            this.waiting = [];
            this.aliases = [];
            this.moved = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelState.prototype.dataType = "";
        ModelState.prototype.current = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.latest = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.versions = $util.emptyArray;
        ModelState.prototype.nextOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.withdrawnAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelState.prototype.movedUpTo = $util.emptyArray;
        ModelState.prototype.topicId = "";
        ModelState.prototype.formerUpTo = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.routing = null;
        ModelState.prototype.waiting = $util.emptyArray;
        ModelState.prototype.aliases = $util.emptyArray;
        ModelState.prototype.events = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.policies = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelState.prototype.refusedUpTo = null;
        ModelState.prototype.moved = $util.emptyArray;

        ModelState.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(10).string(message.dataType);
            if (message.current != null && $Object.hasOwnProperty.call(message, "current") && (typeof message.current === "object" ? message.current.low || message.current.high : message.current !== 0))
                writer.uint32(16).uint64(message.current);
            if (message.latest != null && $Object.hasOwnProperty.call(message, "latest") && (typeof message.latest === "object" ? message.latest.low || message.latest.high : message.latest !== 0))
                writer.uint32(24).uint64(message.latest);
            if (message.versions != null && message.versions.length)
                for (let i = 0; i < message.versions.length; ++i)
                    $root.sluice.ModelVersion.encode(message.versions[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.nextOffset != null && $Object.hasOwnProperty.call(message, "nextOffset") && (typeof message.nextOffset === "object" ? message.nextOffset.low || message.nextOffset.high : message.nextOffset !== 0))
                writer.uint32(40).uint64(message.nextOffset);
            if (message.withdrawnAt != null && $Object.hasOwnProperty.call(message, "withdrawnAt") && (typeof message.withdrawnAt === "object" ? message.withdrawnAt.low || message.withdrawnAt.high : message.withdrawnAt !== 0))
                writer.uint32(80).int64(message.withdrawnAt);
            if (message.movedUpTo != null && message.movedUpTo.length)
                for (let i = 0; i < message.movedUpTo.length; ++i)
                    $root.sluice.RecordPlace.encode(message.movedUpTo[i], writer.uint32(90).fork(), _depth + 1).ldelim();
            if (message.topicId != null && $Object.hasOwnProperty.call(message, "topicId") && message.topicId !== "")
                writer.uint32(98).string(message.topicId);
            if (message.formerUpTo != null && $Object.hasOwnProperty.call(message, "formerUpTo") && (typeof message.formerUpTo === "object" ? message.formerUpTo.low || message.formerUpTo.high : message.formerUpTo !== 0))
                writer.uint32(104).uint64(message.formerUpTo);
            if (message.routing != null && $Object.hasOwnProperty.call(message, "routing"))
                $root.sluice.ModelRouting.encode(message.routing, writer.uint32(114).fork(), _depth + 1).ldelim();
            if (message.waiting != null && message.waiting.length)
                for (let i = 0; i < message.waiting.length; ++i)
                    $root.sluice.WaitingChange.encode(message.waiting[i], writer.uint32(122).fork(), _depth + 1).ldelim();
            if (message.aliases != null && message.aliases.length)
                for (let i = 0; i < message.aliases.length; ++i)
                    $root.sluice.ModelAlias.encode(message.aliases[i], writer.uint32(130).fork(), _depth + 1).ldelim();
            if (message.events != null && $Object.hasOwnProperty.call(message, "events") && (typeof message.events === "object" ? message.events.low || message.events.high : message.events !== 0))
                writer.uint32(136).uint64(message.events);
            if (message.policies != null && $Object.hasOwnProperty.call(message, "policies") && (typeof message.policies === "object" ? message.policies.low || message.policies.high : message.policies !== 0))
                writer.uint32(144).uint64(message.policies);
            if (message.refusedUpTo != null && $Object.hasOwnProperty.call(message, "refusedUpTo"))
                $root.sluice.RecordPlace.encode(message.refusedUpTo, writer.uint32(154).fork(), _depth + 1).ldelim();
            if (message.moved != null && message.moved.length)
                for (let i = 0; i < message.moved.length; ++i)
                    $root.sluice.MovedRecord.encode(message.moved[i], writer.uint32(162).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelState.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelState();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataType = value;
                        else
                            delete message.dataType;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.current = value;
                        else
                            delete message.current;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.latest = value;
                        else
                            delete message.latest;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.versions && message.versions.length))
                            message.versions = [];
                        message.versions.push($root.sluice.ModelVersion.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.nextOffset = value;
                        else
                            delete message.nextOffset;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.withdrawnAt = value;
                        else
                            delete message.withdrawnAt;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.movedUpTo && message.movedUpTo.length))
                            message.movedUpTo = [];
                        message.movedUpTo.push($root.sluice.RecordPlace.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.topicId = value;
                        else
                            delete message.topicId;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.formerUpTo = value;
                        else
                            delete message.formerUpTo;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.routing = $root.sluice.ModelRouting.decode(reader, reader.size(), $undefined, _depth + 1, message.routing);
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if (!(message.waiting && message.waiting.length))
                            message.waiting = [];
                        message.waiting.push($root.sluice.WaitingChange.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if (!(message.aliases && message.aliases.length))
                            message.aliases = [];
                        message.aliases.push($root.sluice.ModelAlias.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.events = value;
                        else
                            delete message.events;
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.policies = value;
                        else
                            delete message.policies;
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        message.refusedUpTo = $root.sluice.RecordPlace.decode(reader, reader.size(), $undefined, _depth + 1, message.refusedUpTo);
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if (!(message.moved && message.moved.length))
                            message.moved = [];
                        message.moved.push($root.sluice.MovedRecord.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelState.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelState)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelState: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelState();
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            if (object.current != null)
                if (typeof object.current === "object" ? object.current.low || object.current.high : $Number(object.current) !== 0)
                    if ($util.Long)
                        message.current = $util.Long.fromValue(object.current, true);
                    else if (typeof object.current === "string")
                        message.current = $parseInt(object.current, 10);
                    else if (typeof object.current === "number")
                        message.current = object.current;
                    else if (typeof object.current === "object")
                        message.current = new $util.LongBits(object.current.low >>> 0, object.current.high >>> 0).toNumber(true);
            if (object.latest != null)
                if (typeof object.latest === "object" ? object.latest.low || object.latest.high : $Number(object.latest) !== 0)
                    if ($util.Long)
                        message.latest = $util.Long.fromValue(object.latest, true);
                    else if (typeof object.latest === "string")
                        message.latest = $parseInt(object.latest, 10);
                    else if (typeof object.latest === "number")
                        message.latest = object.latest;
                    else if (typeof object.latest === "object")
                        message.latest = new $util.LongBits(object.latest.low >>> 0, object.latest.high >>> 0).toNumber(true);
            if (object.versions) {
                if (!$Array.isArray(object.versions))
                    throw $TypeError(".sluice.ModelState.versions: array expected");
                message.versions = $Array(object.versions.length);
                for (let i = 0; i < object.versions.length; ++i) {
                    if (!$util.isObject(object.versions[i]))
                        throw $TypeError(".sluice.ModelState.versions: object expected");
                    message.versions[i] = $root.sluice.ModelVersion.fromObject(object.versions[i], _depth + 1);
                }
            }
            if (object.nextOffset != null)
                if (typeof object.nextOffset === "object" ? object.nextOffset.low || object.nextOffset.high : $Number(object.nextOffset) !== 0)
                    if ($util.Long)
                        message.nextOffset = $util.Long.fromValue(object.nextOffset, true);
                    else if (typeof object.nextOffset === "string")
                        message.nextOffset = $parseInt(object.nextOffset, 10);
                    else if (typeof object.nextOffset === "number")
                        message.nextOffset = object.nextOffset;
                    else if (typeof object.nextOffset === "object")
                        message.nextOffset = new $util.LongBits(object.nextOffset.low >>> 0, object.nextOffset.high >>> 0).toNumber(true);
            if (object.withdrawnAt != null)
                if (typeof object.withdrawnAt === "object" ? object.withdrawnAt.low || object.withdrawnAt.high : $Number(object.withdrawnAt) !== 0)
                    if ($util.Long)
                        message.withdrawnAt = $util.Long.fromValue(object.withdrawnAt, false);
                    else if (typeof object.withdrawnAt === "string")
                        message.withdrawnAt = $parseInt(object.withdrawnAt, 10);
                    else if (typeof object.withdrawnAt === "number")
                        message.withdrawnAt = object.withdrawnAt;
                    else if (typeof object.withdrawnAt === "object")
                        message.withdrawnAt = new $util.LongBits(object.withdrawnAt.low >>> 0, object.withdrawnAt.high >>> 0).toNumber();
            if (object.movedUpTo) {
                if (!$Array.isArray(object.movedUpTo))
                    throw $TypeError(".sluice.ModelState.movedUpTo: array expected");
                message.movedUpTo = $Array(object.movedUpTo.length);
                for (let i = 0; i < object.movedUpTo.length; ++i) {
                    if (!$util.isObject(object.movedUpTo[i]))
                        throw $TypeError(".sluice.ModelState.movedUpTo: object expected");
                    message.movedUpTo[i] = $root.sluice.RecordPlace.fromObject(object.movedUpTo[i], _depth + 1);
                }
            }
            if (object.topicId != null)
                if (typeof object.topicId !== "string" || object.topicId.length)
                    message.topicId = $String(object.topicId);
            if (object.formerUpTo != null)
                if (typeof object.formerUpTo === "object" ? object.formerUpTo.low || object.formerUpTo.high : $Number(object.formerUpTo) !== 0)
                    if ($util.Long)
                        message.formerUpTo = $util.Long.fromValue(object.formerUpTo, true);
                    else if (typeof object.formerUpTo === "string")
                        message.formerUpTo = $parseInt(object.formerUpTo, 10);
                    else if (typeof object.formerUpTo === "number")
                        message.formerUpTo = object.formerUpTo;
                    else if (typeof object.formerUpTo === "object")
                        message.formerUpTo = new $util.LongBits(object.formerUpTo.low >>> 0, object.formerUpTo.high >>> 0).toNumber(true);
            if (object.routing != null) {
                if (!$util.isObject(object.routing))
                    throw $TypeError(".sluice.ModelState.routing: object expected");
                message.routing = $root.sluice.ModelRouting.fromObject(object.routing, _depth + 1);
            }
            if (object.waiting) {
                if (!$Array.isArray(object.waiting))
                    throw $TypeError(".sluice.ModelState.waiting: array expected");
                message.waiting = $Array(object.waiting.length);
                for (let i = 0; i < object.waiting.length; ++i) {
                    if (!$util.isObject(object.waiting[i]))
                        throw $TypeError(".sluice.ModelState.waiting: object expected");
                    message.waiting[i] = $root.sluice.WaitingChange.fromObject(object.waiting[i], _depth + 1);
                }
            }
            if (object.aliases) {
                if (!$Array.isArray(object.aliases))
                    throw $TypeError(".sluice.ModelState.aliases: array expected");
                message.aliases = $Array(object.aliases.length);
                for (let i = 0; i < object.aliases.length; ++i) {
                    if (!$util.isObject(object.aliases[i]))
                        throw $TypeError(".sluice.ModelState.aliases: object expected");
                    message.aliases[i] = $root.sluice.ModelAlias.fromObject(object.aliases[i], _depth + 1);
                }
            }
            if (object.events != null)
                if (typeof object.events === "object" ? object.events.low || object.events.high : $Number(object.events) !== 0)
                    if ($util.Long)
                        message.events = $util.Long.fromValue(object.events, true);
                    else if (typeof object.events === "string")
                        message.events = $parseInt(object.events, 10);
                    else if (typeof object.events === "number")
                        message.events = object.events;
                    else if (typeof object.events === "object")
                        message.events = new $util.LongBits(object.events.low >>> 0, object.events.high >>> 0).toNumber(true);
            if (object.policies != null)
                if (typeof object.policies === "object" ? object.policies.low || object.policies.high : $Number(object.policies) !== 0)
                    if ($util.Long)
                        message.policies = $util.Long.fromValue(object.policies, true);
                    else if (typeof object.policies === "string")
                        message.policies = $parseInt(object.policies, 10);
                    else if (typeof object.policies === "number")
                        message.policies = object.policies;
                    else if (typeof object.policies === "object")
                        message.policies = new $util.LongBits(object.policies.low >>> 0, object.policies.high >>> 0).toNumber(true);
            if (object.refusedUpTo != null) {
                if (!$util.isObject(object.refusedUpTo))
                    throw $TypeError(".sluice.ModelState.refusedUpTo: object expected");
                message.refusedUpTo = $root.sluice.RecordPlace.fromObject(object.refusedUpTo, _depth + 1);
            }
            if (object.moved) {
                if (!$Array.isArray(object.moved))
                    throw $TypeError(".sluice.ModelState.moved: array expected");
                message.moved = $Array(object.moved.length);
                for (let i = 0; i < object.moved.length; ++i) {
                    if (!$util.isObject(object.moved[i]))
                        throw $TypeError(".sluice.ModelState.moved: object expected");
                    message.moved[i] = $root.sluice.MovedRecord.fromObject(object.moved[i], _depth + 1);
                }
            }
            return message;
        };

        ModelState.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.versions = [];
                object.movedUpTo = [];
                object.waiting = [];
                object.aliases = [];
                object.moved = [];
            }
            if (options.defaults) {
                object.dataType = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.current = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.current = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.latest = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.latest = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.nextOffset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.nextOffset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.withdrawnAt = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.withdrawnAt = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.topicId = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.formerUpTo = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.formerUpTo = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.routing = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.events = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.events = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.policies = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.policies = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.refusedUpTo = null;
            }
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            if (message.current != null && $Object.hasOwnProperty.call(message, "current"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.current = typeof message.current === "number" ? $BigInt(message.current) : $util.Long.fromBits(message.current.low >>> 0, message.current.high >>> 0, true).toBigInt();
                else if (typeof message.current === "number")
                    object.current = options.longs === $String ? $String(message.current) : message.current;
                else
                    object.current = options.longs === $String ? $util.Long.prototype.toString.call(message.current) : options.longs === $Number ? new $util.LongBits(message.current.low >>> 0, message.current.high >>> 0).toNumber(true) : message.current;
            if (message.latest != null && $Object.hasOwnProperty.call(message, "latest"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.latest = typeof message.latest === "number" ? $BigInt(message.latest) : $util.Long.fromBits(message.latest.low >>> 0, message.latest.high >>> 0, true).toBigInt();
                else if (typeof message.latest === "number")
                    object.latest = options.longs === $String ? $String(message.latest) : message.latest;
                else
                    object.latest = options.longs === $String ? $util.Long.prototype.toString.call(message.latest) : options.longs === $Number ? new $util.LongBits(message.latest.low >>> 0, message.latest.high >>> 0).toNumber(true) : message.latest;
            if (message.versions && message.versions.length) {
                object.versions = $Array(message.versions.length);
                for (let j = 0; j < message.versions.length; ++j)
                    object.versions[j] = $root.sluice.ModelVersion.toObject(message.versions[j], options, _depth + 1);
            }
            if (message.nextOffset != null && $Object.hasOwnProperty.call(message, "nextOffset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.nextOffset = typeof message.nextOffset === "number" ? $BigInt(message.nextOffset) : $util.Long.fromBits(message.nextOffset.low >>> 0, message.nextOffset.high >>> 0, true).toBigInt();
                else if (typeof message.nextOffset === "number")
                    object.nextOffset = options.longs === $String ? $String(message.nextOffset) : message.nextOffset;
                else
                    object.nextOffset = options.longs === $String ? $util.Long.prototype.toString.call(message.nextOffset) : options.longs === $Number ? new $util.LongBits(message.nextOffset.low >>> 0, message.nextOffset.high >>> 0).toNumber(true) : message.nextOffset;
            if (message.withdrawnAt != null && $Object.hasOwnProperty.call(message, "withdrawnAt"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.withdrawnAt = typeof message.withdrawnAt === "number" ? $BigInt(message.withdrawnAt) : $util.Long.fromBits(message.withdrawnAt.low >>> 0, message.withdrawnAt.high >>> 0, false).toBigInt();
                else if (typeof message.withdrawnAt === "number")
                    object.withdrawnAt = options.longs === $String ? $String(message.withdrawnAt) : message.withdrawnAt;
                else
                    object.withdrawnAt = options.longs === $String ? $util.Long.prototype.toString.call(message.withdrawnAt) : options.longs === $Number ? new $util.LongBits(message.withdrawnAt.low >>> 0, message.withdrawnAt.high >>> 0).toNumber() : message.withdrawnAt;
            if (message.movedUpTo && message.movedUpTo.length) {
                object.movedUpTo = $Array(message.movedUpTo.length);
                for (let j = 0; j < message.movedUpTo.length; ++j)
                    object.movedUpTo[j] = $root.sluice.RecordPlace.toObject(message.movedUpTo[j], options, _depth + 1);
            }
            if (message.topicId != null && $Object.hasOwnProperty.call(message, "topicId"))
                object.topicId = message.topicId;
            if (message.formerUpTo != null && $Object.hasOwnProperty.call(message, "formerUpTo"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.formerUpTo = typeof message.formerUpTo === "number" ? $BigInt(message.formerUpTo) : $util.Long.fromBits(message.formerUpTo.low >>> 0, message.formerUpTo.high >>> 0, true).toBigInt();
                else if (typeof message.formerUpTo === "number")
                    object.formerUpTo = options.longs === $String ? $String(message.formerUpTo) : message.formerUpTo;
                else
                    object.formerUpTo = options.longs === $String ? $util.Long.prototype.toString.call(message.formerUpTo) : options.longs === $Number ? new $util.LongBits(message.formerUpTo.low >>> 0, message.formerUpTo.high >>> 0).toNumber(true) : message.formerUpTo;
            if (message.routing != null && $Object.hasOwnProperty.call(message, "routing"))
                object.routing = $root.sluice.ModelRouting.toObject(message.routing, options, _depth + 1);
            if (message.waiting && message.waiting.length) {
                object.waiting = $Array(message.waiting.length);
                for (let j = 0; j < message.waiting.length; ++j)
                    object.waiting[j] = $root.sluice.WaitingChange.toObject(message.waiting[j], options, _depth + 1);
            }
            if (message.aliases && message.aliases.length) {
                object.aliases = $Array(message.aliases.length);
                for (let j = 0; j < message.aliases.length; ++j)
                    object.aliases[j] = $root.sluice.ModelAlias.toObject(message.aliases[j], options, _depth + 1);
            }
            if (message.events != null && $Object.hasOwnProperty.call(message, "events"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.events = typeof message.events === "number" ? $BigInt(message.events) : $util.Long.fromBits(message.events.low >>> 0, message.events.high >>> 0, true).toBigInt();
                else if (typeof message.events === "number")
                    object.events = options.longs === $String ? $String(message.events) : message.events;
                else
                    object.events = options.longs === $String ? $util.Long.prototype.toString.call(message.events) : options.longs === $Number ? new $util.LongBits(message.events.low >>> 0, message.events.high >>> 0).toNumber(true) : message.events;
            if (message.policies != null && $Object.hasOwnProperty.call(message, "policies"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.policies = typeof message.policies === "number" ? $BigInt(message.policies) : $util.Long.fromBits(message.policies.low >>> 0, message.policies.high >>> 0, true).toBigInt();
                else if (typeof message.policies === "number")
                    object.policies = options.longs === $String ? $String(message.policies) : message.policies;
                else
                    object.policies = options.longs === $String ? $util.Long.prototype.toString.call(message.policies) : options.longs === $Number ? new $util.LongBits(message.policies.low >>> 0, message.policies.high >>> 0).toNumber(true) : message.policies;
            if (message.refusedUpTo != null && $Object.hasOwnProperty.call(message, "refusedUpTo"))
                object.refusedUpTo = $root.sluice.RecordPlace.toObject(message.refusedUpTo, options, _depth + 1);
            if (message.moved && message.moved.length) {
                object.moved = $Array(message.moved.length);
                for (let j = 0; j < message.moved.length; ++j)
                    object.moved[j] = $root.sluice.MovedRecord.toObject(message.moved[j], options, _depth + 1);
            }
            return object;
        };

        ModelState.prototype.toJSON = function() {
            return ModelState.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelState.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelState";
        };

        return ModelState;
    })();

    sluice.ModelAlias = (function() {

        const ModelAlias = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelAlias.prototype.alias = "";
        ModelAlias.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ModelAlias.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias") && message.alias !== "")
                writer.uint32(10).string(message.alias);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(16).uint64(message.version);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelAlias.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelAlias();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.alias = value;
                        else
                            delete message.alias;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelAlias.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelAlias)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelAlias: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelAlias();
            if (object.alias != null)
                if (typeof object.alias !== "string" || object.alias.length)
                    message.alias = $String(object.alias);
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            return message;
        };

        ModelAlias.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.alias = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias"))
                object.alias = message.alias;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            return object;
        };

        ModelAlias.prototype.toJSON = function() {
            return ModelAlias.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelAlias.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelAlias";
        };

        return ModelAlias;
    })();

    sluice.ModelRouting = (function() {

        const ModelRouting = function (properties) {
            this.challengers = [];
            this.shadows = [];
            this.formerChampions = [];
            this.racers = [];
            this.steps = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelRouting.prototype.number = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelRouting.prototype.champion = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelRouting.prototype.challengers = $util.emptyArray;
        ModelRouting.prototype.shadows = $util.emptyArray;
        ModelRouting.prototype.fallback = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelRouting.prototype.decoy = false;
        ModelRouting.prototype.bucketBy = "";
        ModelRouting.prototype.decider = "";
        ModelRouting.prototype.budgetMs = 0;
        ModelRouting.prototype.formerChampions = $util.emptyArray;
        ModelRouting.prototype.partition = 0;
        ModelRouting.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelRouting.prototype.acceptedAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelRouting.prototype.effectiveFrom = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelRouting.prototype.who = "";
        ModelRouting.prototype.reason = "";
        ModelRouting.prototype.position = null;
        ModelRouting.prototype.effectiveAt = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelRouting.prototype.racers = $util.emptyArray;
        ModelRouting.prototype.steps = $util.emptyArray;

        ModelRouting.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.number != null && $Object.hasOwnProperty.call(message, "number") && (typeof message.number === "object" ? message.number.low || message.number.high : message.number !== 0))
                writer.uint32(8).uint64(message.number);
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion") && (typeof message.champion === "object" ? message.champion.low || message.champion.high : message.champion !== 0))
                writer.uint32(16).uint64(message.champion);
            if (message.challengers != null && message.challengers.length)
                for (let i = 0; i < message.challengers.length; ++i)
                    $root.sluice.ModelShare.encode(message.challengers[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.shadows != null && message.shadows.length)
                writer.uint32(34).uint64s(message.shadows);
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback") && (typeof message.fallback === "object" ? message.fallback.low || message.fallback.high : message.fallback !== 0))
                writer.uint32(40).uint64(message.fallback);
            if (message.decoy != null && $Object.hasOwnProperty.call(message, "decoy") && message.decoy !== false)
                writer.uint32(48).bool(message.decoy);
            if (message.bucketBy != null && $Object.hasOwnProperty.call(message, "bucketBy") && message.bucketBy !== "")
                writer.uint32(58).string(message.bucketBy);
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider") && message.decider !== "")
                writer.uint32(66).string(message.decider);
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs") && message.budgetMs !== 0)
                writer.uint32(72).uint32(message.budgetMs);
            if (message.formerChampions != null && message.formerChampions.length)
                writer.uint32(82).uint64s(message.formerChampions);
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(88).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(96).uint64(message.offset);
            if (message.acceptedAt != null && $Object.hasOwnProperty.call(message, "acceptedAt") && (typeof message.acceptedAt === "object" ? message.acceptedAt.low || message.acceptedAt.high : message.acceptedAt !== 0))
                writer.uint32(104).int64(message.acceptedAt);
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom") && (typeof message.effectiveFrom === "object" ? message.effectiveFrom.low || message.effectiveFrom.high : message.effectiveFrom !== 0))
                writer.uint32(112).int64(message.effectiveFrom);
            if (message.who != null && $Object.hasOwnProperty.call(message, "who") && message.who !== "")
                writer.uint32(122).string(message.who);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(130).string(message.reason);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                $root.sluice.RecordPlace.encode(message.position, writer.uint32(138).fork(), _depth + 1).ldelim();
            if (message.effectiveAt != null && $Object.hasOwnProperty.call(message, "effectiveAt") && (typeof message.effectiveAt === "object" ? message.effectiveAt.low || message.effectiveAt.high : message.effectiveAt !== 0))
                writer.uint32(144).int64(message.effectiveAt);
            if (message.racers != null && message.racers.length)
                for (let i = 0; i < message.racers.length; ++i)
                    $root.sluice.ModelRacer.encode(message.racers[i], writer.uint32(154).fork(), _depth + 1).ldelim();
            if (message.steps != null && message.steps.length)
                for (let i = 0; i < message.steps.length; ++i)
                    $root.sluice.ModelStep.encode(message.steps[i], writer.uint32(162).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelRouting.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelRouting();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.number = value;
                        else
                            delete message.number;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.champion = value;
                        else
                            delete message.champion;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.challengers && message.challengers.length))
                            message.challengers = [];
                        message.challengers.push($root.sluice.ModelShare.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType === 2) {
                            if (!(message.shadows && message.shadows.length))
                                message.shadows = [];
                            reader.uint64s(message.shadows);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.shadows && message.shadows.length))
                            message.shadows = [];
                        message.shadows.push(reader.uint64());
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.fallback = value;
                        else
                            delete message.fallback;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.decoy = value;
                        else
                            delete message.decoy;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bucketBy = value;
                        else
                            delete message.bucketBy;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.decider = value;
                        else
                            delete message.decider;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.budgetMs = value;
                        else
                            delete message.budgetMs;
                        continue;
                    }
                case 10: {
                        if (wireType === 2) {
                            if (!(message.formerChampions && message.formerChampions.length))
                                message.formerChampions = [];
                            reader.uint64s(message.formerChampions);
                            continue;
                        }
                        if (wireType !== 0)
                            break;
                        if (!(message.formerChampions && message.formerChampions.length))
                            message.formerChampions = [];
                        message.formerChampions.push(reader.uint64());
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.acceptedAt = value;
                        else
                            delete message.acceptedAt;
                        continue;
                    }
                case 14: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.effectiveFrom = value;
                        else
                            delete message.effectiveFrom;
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.who = value;
                        else
                            delete message.who;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        message.position = $root.sluice.RecordPlace.decode(reader, reader.size(), $undefined, _depth + 1, message.position);
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.effectiveAt = value;
                        else
                            delete message.effectiveAt;
                        continue;
                    }
                case 19: {
                        if (wireType !== 2)
                            break;
                        if (!(message.racers && message.racers.length))
                            message.racers = [];
                        message.racers.push($root.sluice.ModelRacer.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        if (!(message.steps && message.steps.length))
                            message.steps = [];
                        message.steps.push($root.sluice.ModelStep.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelRouting.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelRouting)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelRouting: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelRouting();
            if (object.number != null)
                if (typeof object.number === "object" ? object.number.low || object.number.high : $Number(object.number) !== 0)
                    if ($util.Long)
                        message.number = $util.Long.fromValue(object.number, true);
                    else if (typeof object.number === "string")
                        message.number = $parseInt(object.number, 10);
                    else if (typeof object.number === "number")
                        message.number = object.number;
                    else if (typeof object.number === "object")
                        message.number = new $util.LongBits(object.number.low >>> 0, object.number.high >>> 0).toNumber(true);
            if (object.champion != null)
                if (typeof object.champion === "object" ? object.champion.low || object.champion.high : $Number(object.champion) !== 0)
                    if ($util.Long)
                        message.champion = $util.Long.fromValue(object.champion, true);
                    else if (typeof object.champion === "string")
                        message.champion = $parseInt(object.champion, 10);
                    else if (typeof object.champion === "number")
                        message.champion = object.champion;
                    else if (typeof object.champion === "object")
                        message.champion = new $util.LongBits(object.champion.low >>> 0, object.champion.high >>> 0).toNumber(true);
            if (object.challengers) {
                if (!$Array.isArray(object.challengers))
                    throw $TypeError(".sluice.ModelRouting.challengers: array expected");
                message.challengers = $Array(object.challengers.length);
                for (let i = 0; i < object.challengers.length; ++i) {
                    if (!$util.isObject(object.challengers[i]))
                        throw $TypeError(".sluice.ModelRouting.challengers: object expected");
                    message.challengers[i] = $root.sluice.ModelShare.fromObject(object.challengers[i], _depth + 1);
                }
            }
            if (object.shadows) {
                if (!$Array.isArray(object.shadows))
                    throw $TypeError(".sluice.ModelRouting.shadows: array expected");
                message.shadows = $Array(object.shadows.length);
                for (let i = 0; i < object.shadows.length; ++i)
                    if ($util.Long)
                        message.shadows[i] = $util.Long.fromValue(object.shadows[i], true);
                    else if (typeof object.shadows[i] === "string")
                        message.shadows[i] = $parseInt(object.shadows[i], 10);
                    else if (typeof object.shadows[i] === "number")
                        message.shadows[i] = object.shadows[i];
                    else if (typeof object.shadows[i] === "object")
                        message.shadows[i] = new $util.LongBits(object.shadows[i].low >>> 0, object.shadows[i].high >>> 0).toNumber(true);
            }
            if (object.fallback != null)
                if (typeof object.fallback === "object" ? object.fallback.low || object.fallback.high : $Number(object.fallback) !== 0)
                    if ($util.Long)
                        message.fallback = $util.Long.fromValue(object.fallback, true);
                    else if (typeof object.fallback === "string")
                        message.fallback = $parseInt(object.fallback, 10);
                    else if (typeof object.fallback === "number")
                        message.fallback = object.fallback;
                    else if (typeof object.fallback === "object")
                        message.fallback = new $util.LongBits(object.fallback.low >>> 0, object.fallback.high >>> 0).toNumber(true);
            if (object.decoy != null)
                if (object.decoy)
                    message.decoy = $Boolean(object.decoy);
            if (object.bucketBy != null)
                if (typeof object.bucketBy !== "string" || object.bucketBy.length)
                    message.bucketBy = $String(object.bucketBy);
            if (object.decider != null)
                if (typeof object.decider !== "string" || object.decider.length)
                    message.decider = $String(object.decider);
            if (object.budgetMs != null)
                if ($Number(object.budgetMs) !== 0)
                    message.budgetMs = object.budgetMs >>> 0;
            if (object.formerChampions) {
                if (!$Array.isArray(object.formerChampions))
                    throw $TypeError(".sluice.ModelRouting.formerChampions: array expected");
                message.formerChampions = $Array(object.formerChampions.length);
                for (let i = 0; i < object.formerChampions.length; ++i)
                    if ($util.Long)
                        message.formerChampions[i] = $util.Long.fromValue(object.formerChampions[i], true);
                    else if (typeof object.formerChampions[i] === "string")
                        message.formerChampions[i] = $parseInt(object.formerChampions[i], 10);
                    else if (typeof object.formerChampions[i] === "number")
                        message.formerChampions[i] = object.formerChampions[i];
                    else if (typeof object.formerChampions[i] === "object")
                        message.formerChampions[i] = new $util.LongBits(object.formerChampions[i].low >>> 0, object.formerChampions[i].high >>> 0).toNumber(true);
            }
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            if (object.acceptedAt != null)
                if (typeof object.acceptedAt === "object" ? object.acceptedAt.low || object.acceptedAt.high : $Number(object.acceptedAt) !== 0)
                    if ($util.Long)
                        message.acceptedAt = $util.Long.fromValue(object.acceptedAt, false);
                    else if (typeof object.acceptedAt === "string")
                        message.acceptedAt = $parseInt(object.acceptedAt, 10);
                    else if (typeof object.acceptedAt === "number")
                        message.acceptedAt = object.acceptedAt;
                    else if (typeof object.acceptedAt === "object")
                        message.acceptedAt = new $util.LongBits(object.acceptedAt.low >>> 0, object.acceptedAt.high >>> 0).toNumber();
            if (object.effectiveFrom != null)
                if (typeof object.effectiveFrom === "object" ? object.effectiveFrom.low || object.effectiveFrom.high : $Number(object.effectiveFrom) !== 0)
                    if ($util.Long)
                        message.effectiveFrom = $util.Long.fromValue(object.effectiveFrom, false);
                    else if (typeof object.effectiveFrom === "string")
                        message.effectiveFrom = $parseInt(object.effectiveFrom, 10);
                    else if (typeof object.effectiveFrom === "number")
                        message.effectiveFrom = object.effectiveFrom;
                    else if (typeof object.effectiveFrom === "object")
                        message.effectiveFrom = new $util.LongBits(object.effectiveFrom.low >>> 0, object.effectiveFrom.high >>> 0).toNumber();
            if (object.who != null)
                if (typeof object.who !== "string" || object.who.length)
                    message.who = $String(object.who);
            if (object.reason != null)
                if (typeof object.reason !== "string" || object.reason.length)
                    message.reason = $String(object.reason);
            if (object.position != null) {
                if (!$util.isObject(object.position))
                    throw $TypeError(".sluice.ModelRouting.position: object expected");
                message.position = $root.sluice.RecordPlace.fromObject(object.position, _depth + 1);
            }
            if (object.effectiveAt != null)
                if (typeof object.effectiveAt === "object" ? object.effectiveAt.low || object.effectiveAt.high : $Number(object.effectiveAt) !== 0)
                    if ($util.Long)
                        message.effectiveAt = $util.Long.fromValue(object.effectiveAt, false);
                    else if (typeof object.effectiveAt === "string")
                        message.effectiveAt = $parseInt(object.effectiveAt, 10);
                    else if (typeof object.effectiveAt === "number")
                        message.effectiveAt = object.effectiveAt;
                    else if (typeof object.effectiveAt === "object")
                        message.effectiveAt = new $util.LongBits(object.effectiveAt.low >>> 0, object.effectiveAt.high >>> 0).toNumber();
            if (object.racers) {
                if (!$Array.isArray(object.racers))
                    throw $TypeError(".sluice.ModelRouting.racers: array expected");
                message.racers = $Array(object.racers.length);
                for (let i = 0; i < object.racers.length; ++i) {
                    if (!$util.isObject(object.racers[i]))
                        throw $TypeError(".sluice.ModelRouting.racers: object expected");
                    message.racers[i] = $root.sluice.ModelRacer.fromObject(object.racers[i], _depth + 1);
                }
            }
            if (object.steps) {
                if (!$Array.isArray(object.steps))
                    throw $TypeError(".sluice.ModelRouting.steps: array expected");
                message.steps = $Array(object.steps.length);
                for (let i = 0; i < object.steps.length; ++i) {
                    if (!$util.isObject(object.steps[i]))
                        throw $TypeError(".sluice.ModelRouting.steps: object expected");
                    message.steps[i] = $root.sluice.ModelStep.fromObject(object.steps[i], _depth + 1);
                }
            }
            return message;
        };

        ModelRouting.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.challengers = [];
                object.shadows = [];
                object.formerChampions = [];
                object.racers = [];
                object.steps = [];
            }
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.number = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.number = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.champion = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.champion = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.fallback = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.fallback = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.decoy = false;
                object.bucketBy = "";
                object.decider = "";
                object.budgetMs = 0;
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.acceptedAt = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.acceptedAt = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.effectiveFrom = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.effectiveFrom = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.who = "";
                object.reason = "";
                object.position = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.effectiveAt = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.effectiveAt = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.number != null && $Object.hasOwnProperty.call(message, "number"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.number = typeof message.number === "number" ? $BigInt(message.number) : $util.Long.fromBits(message.number.low >>> 0, message.number.high >>> 0, true).toBigInt();
                else if (typeof message.number === "number")
                    object.number = options.longs === $String ? $String(message.number) : message.number;
                else
                    object.number = options.longs === $String ? $util.Long.prototype.toString.call(message.number) : options.longs === $Number ? new $util.LongBits(message.number.low >>> 0, message.number.high >>> 0).toNumber(true) : message.number;
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.champion = typeof message.champion === "number" ? $BigInt(message.champion) : $util.Long.fromBits(message.champion.low >>> 0, message.champion.high >>> 0, true).toBigInt();
                else if (typeof message.champion === "number")
                    object.champion = options.longs === $String ? $String(message.champion) : message.champion;
                else
                    object.champion = options.longs === $String ? $util.Long.prototype.toString.call(message.champion) : options.longs === $Number ? new $util.LongBits(message.champion.low >>> 0, message.champion.high >>> 0).toNumber(true) : message.champion;
            if (message.challengers && message.challengers.length) {
                object.challengers = $Array(message.challengers.length);
                for (let j = 0; j < message.challengers.length; ++j)
                    object.challengers[j] = $root.sluice.ModelShare.toObject(message.challengers[j], options, _depth + 1);
            }
            if (message.shadows && message.shadows.length) {
                object.shadows = $Array(message.shadows.length);
                for (let j = 0; j < message.shadows.length; ++j)
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.shadows[j] = typeof message.shadows[j] === "number" ? $BigInt(message.shadows[j]) : $util.Long.fromBits(message.shadows[j].low >>> 0, message.shadows[j].high >>> 0, true).toBigInt();
                    else if (typeof message.shadows[j] === "number")
                        object.shadows[j] = options.longs === $String ? $String(message.shadows[j]) : message.shadows[j];
                    else
                        object.shadows[j] = options.longs === $String ? $util.Long.prototype.toString.call(message.shadows[j]) : options.longs === $Number ? new $util.LongBits(message.shadows[j].low >>> 0, message.shadows[j].high >>> 0).toNumber(true) : message.shadows[j];
            }
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.fallback = typeof message.fallback === "number" ? $BigInt(message.fallback) : $util.Long.fromBits(message.fallback.low >>> 0, message.fallback.high >>> 0, true).toBigInt();
                else if (typeof message.fallback === "number")
                    object.fallback = options.longs === $String ? $String(message.fallback) : message.fallback;
                else
                    object.fallback = options.longs === $String ? $util.Long.prototype.toString.call(message.fallback) : options.longs === $Number ? new $util.LongBits(message.fallback.low >>> 0, message.fallback.high >>> 0).toNumber(true) : message.fallback;
            if (message.decoy != null && $Object.hasOwnProperty.call(message, "decoy"))
                object.decoy = message.decoy;
            if (message.bucketBy != null && $Object.hasOwnProperty.call(message, "bucketBy"))
                object.bucketBy = message.bucketBy;
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider"))
                object.decider = message.decider;
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs"))
                object.budgetMs = message.budgetMs;
            if (message.formerChampions && message.formerChampions.length) {
                object.formerChampions = $Array(message.formerChampions.length);
                for (let j = 0; j < message.formerChampions.length; ++j)
                    if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                        object.formerChampions[j] = typeof message.formerChampions[j] === "number" ? $BigInt(message.formerChampions[j]) : $util.Long.fromBits(message.formerChampions[j].low >>> 0, message.formerChampions[j].high >>> 0, true).toBigInt();
                    else if (typeof message.formerChampions[j] === "number")
                        object.formerChampions[j] = options.longs === $String ? $String(message.formerChampions[j]) : message.formerChampions[j];
                    else
                        object.formerChampions[j] = options.longs === $String ? $util.Long.prototype.toString.call(message.formerChampions[j]) : options.longs === $Number ? new $util.LongBits(message.formerChampions[j].low >>> 0, message.formerChampions[j].high >>> 0).toNumber(true) : message.formerChampions[j];
            }
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            if (message.acceptedAt != null && $Object.hasOwnProperty.call(message, "acceptedAt"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.acceptedAt = typeof message.acceptedAt === "number" ? $BigInt(message.acceptedAt) : $util.Long.fromBits(message.acceptedAt.low >>> 0, message.acceptedAt.high >>> 0, false).toBigInt();
                else if (typeof message.acceptedAt === "number")
                    object.acceptedAt = options.longs === $String ? $String(message.acceptedAt) : message.acceptedAt;
                else
                    object.acceptedAt = options.longs === $String ? $util.Long.prototype.toString.call(message.acceptedAt) : options.longs === $Number ? new $util.LongBits(message.acceptedAt.low >>> 0, message.acceptedAt.high >>> 0).toNumber() : message.acceptedAt;
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.effectiveFrom = typeof message.effectiveFrom === "number" ? $BigInt(message.effectiveFrom) : $util.Long.fromBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0, false).toBigInt();
                else if (typeof message.effectiveFrom === "number")
                    object.effectiveFrom = options.longs === $String ? $String(message.effectiveFrom) : message.effectiveFrom;
                else
                    object.effectiveFrom = options.longs === $String ? $util.Long.prototype.toString.call(message.effectiveFrom) : options.longs === $Number ? new $util.LongBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0).toNumber() : message.effectiveFrom;
            if (message.who != null && $Object.hasOwnProperty.call(message, "who"))
                object.who = message.who;
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                object.reason = message.reason;
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                object.position = $root.sluice.RecordPlace.toObject(message.position, options, _depth + 1);
            if (message.effectiveAt != null && $Object.hasOwnProperty.call(message, "effectiveAt"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.effectiveAt = typeof message.effectiveAt === "number" ? $BigInt(message.effectiveAt) : $util.Long.fromBits(message.effectiveAt.low >>> 0, message.effectiveAt.high >>> 0, false).toBigInt();
                else if (typeof message.effectiveAt === "number")
                    object.effectiveAt = options.longs === $String ? $String(message.effectiveAt) : message.effectiveAt;
                else
                    object.effectiveAt = options.longs === $String ? $util.Long.prototype.toString.call(message.effectiveAt) : options.longs === $Number ? new $util.LongBits(message.effectiveAt.low >>> 0, message.effectiveAt.high >>> 0).toNumber() : message.effectiveAt;
            if (message.racers && message.racers.length) {
                object.racers = $Array(message.racers.length);
                for (let j = 0; j < message.racers.length; ++j)
                    object.racers[j] = $root.sluice.ModelRacer.toObject(message.racers[j], options, _depth + 1);
            }
            if (message.steps && message.steps.length) {
                object.steps = $Array(message.steps.length);
                for (let j = 0; j < message.steps.length; ++j)
                    object.steps[j] = $root.sluice.ModelStep.toObject(message.steps[j], options, _depth + 1);
            }
            return object;
        };

        ModelRouting.prototype.toJSON = function() {
            return ModelRouting.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelRouting.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelRouting";
        };

        return ModelRouting;
    })();

    sluice.ModelStep = (function() {

        const ModelStep = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelStep.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelStep.prototype.name = "";

        ModelStep.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelStep.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelStep();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelStep.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelStep)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelStep: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelStep();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            return message;
        };

        ModelStep.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.name = "";
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            return object;
        };

        ModelStep.prototype.toJSON = function() {
            return ModelStep.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelStep.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelStep";
        };

        return ModelStep;
    })();

    sluice.ModelRacer = (function() {

        const ModelRacer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelRacer.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelRacer.prototype.name = "";
        ModelRacer.prototype.weight = 0;

        ModelRacer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(25).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelRacer.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelRacer();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelRacer.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelRacer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelRacer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelRacer();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        ModelRacer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.name = "";
                object.weight = 0;
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        ModelRacer.prototype.toJSON = function() {
            return ModelRacer.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelRacer.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelRacer";
        };

        return ModelRacer;
    })();

    sluice.ModelShare = (function() {

        const ModelShare = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelShare.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelShare.prototype.weight = 0;

        ModelShare.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(17).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelShare.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelShare();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.weight = value;
                        else
                            delete message.weight;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelShare.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelShare)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelShare: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelShare();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        ModelShare.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.weight = 0;
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        ModelShare.prototype.toJSON = function() {
            return ModelShare.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelShare.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelShare";
        };

        return ModelShare;
    })();

    sluice.WaitingChange = (function() {

        const WaitingChange = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WaitingChange.prototype.control = $util.newBuffer([]);
        WaitingChange.prototype.effectiveFrom = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        WaitingChange.prototype.partition = 0;
        WaitingChange.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        WaitingChange.prototype.policy = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        WaitingChange.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.control != null && $Object.hasOwnProperty.call(message, "control") && message.control.length)
                writer.uint32(10).bytes(message.control);
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom") && (typeof message.effectiveFrom === "object" ? message.effectiveFrom.low || message.effectiveFrom.high : message.effectiveFrom !== 0))
                writer.uint32(16).int64(message.effectiveFrom);
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(24).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(32).uint64(message.offset);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && (typeof message.policy === "object" ? message.policy.low || message.policy.high : message.policy !== 0))
                writer.uint32(40).uint64(message.policy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WaitingChange.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.WaitingChange();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.control = value;
                        else
                            delete message.control;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.effectiveFrom = value;
                        else
                            delete message.effectiveFrom;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        WaitingChange.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.WaitingChange)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.WaitingChange: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.WaitingChange();
            if (object.control != null)
                if (object.control.length)
                    if (typeof object.control === "string")
                        $util.base64.decode(object.control, message.control = $util.newBuffer($util.base64.length(object.control)), 0);
                    else if (object.control.length >= 0)
                        message.control = object.control;
            if (object.effectiveFrom != null)
                if (typeof object.effectiveFrom === "object" ? object.effectiveFrom.low || object.effectiveFrom.high : $Number(object.effectiveFrom) !== 0)
                    if ($util.Long)
                        message.effectiveFrom = $util.Long.fromValue(object.effectiveFrom, false);
                    else if (typeof object.effectiveFrom === "string")
                        message.effectiveFrom = $parseInt(object.effectiveFrom, 10);
                    else if (typeof object.effectiveFrom === "number")
                        message.effectiveFrom = object.effectiveFrom;
                    else if (typeof object.effectiveFrom === "object")
                        message.effectiveFrom = new $util.LongBits(object.effectiveFrom.low >>> 0, object.effectiveFrom.high >>> 0).toNumber();
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            if (object.policy != null)
                if (typeof object.policy === "object" ? object.policy.low || object.policy.high : $Number(object.policy) !== 0)
                    if ($util.Long)
                        message.policy = $util.Long.fromValue(object.policy, true);
                    else if (typeof object.policy === "string")
                        message.policy = $parseInt(object.policy, 10);
                    else if (typeof object.policy === "number")
                        message.policy = object.policy;
                    else if (typeof object.policy === "object")
                        message.policy = new $util.LongBits(object.policy.low >>> 0, object.policy.high >>> 0).toNumber(true);
            return message;
        };

        WaitingChange.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.control = "";
                else {
                    object.control = [];
                    if (options.bytes !== $Array)
                        object.control = $util.newBuffer(object.control);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.effectiveFrom = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.effectiveFrom = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.policy = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.policy = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.control != null && $Object.hasOwnProperty.call(message, "control"))
                object.control = options.bytes === $String ? $util.base64.encode(message.control, 0, message.control.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.control) : message.control;
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.effectiveFrom = typeof message.effectiveFrom === "number" ? $BigInt(message.effectiveFrom) : $util.Long.fromBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0, false).toBigInt();
                else if (typeof message.effectiveFrom === "number")
                    object.effectiveFrom = options.longs === $String ? $String(message.effectiveFrom) : message.effectiveFrom;
                else
                    object.effectiveFrom = options.longs === $String ? $util.Long.prototype.toString.call(message.effectiveFrom) : options.longs === $Number ? new $util.LongBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0).toNumber() : message.effectiveFrom;
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.policy = typeof message.policy === "number" ? $BigInt(message.policy) : $util.Long.fromBits(message.policy.low >>> 0, message.policy.high >>> 0, true).toBigInt();
                else if (typeof message.policy === "number")
                    object.policy = options.longs === $String ? $String(message.policy) : message.policy;
                else
                    object.policy = options.longs === $String ? $util.Long.prototype.toString.call(message.policy) : options.longs === $Number ? new $util.LongBits(message.policy.low >>> 0, message.policy.high >>> 0).toNumber(true) : message.policy;
            return object;
        };

        WaitingChange.prototype.toJSON = function() {
            return WaitingChange.toObject(this, $protobuf.util.toJSONOptions);
        };

        WaitingChange.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.WaitingChange";
        };

        return WaitingChange;
    })();

    sluice.RecordPlace = (function() {

        const RecordPlace = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RecordPlace.prototype.partition = 0;
        RecordPlace.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        RecordPlace.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(8).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(16).uint64(message.offset);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RecordPlace.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.RecordPlace();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RecordPlace.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.RecordPlace)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.RecordPlace: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.RecordPlace();
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            return message;
        };

        RecordPlace.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            return object;
        };

        RecordPlace.prototype.toJSON = function() {
            return RecordPlace.toObject(this, $protobuf.util.toJSONOptions);
        };

        RecordPlace.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.RecordPlace";
        };

        return RecordPlace;
    })();

    sluice.MovedRecord = (function() {

        const MovedRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MovedRecord.prototype.partition = 0;
        MovedRecord.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        MovedRecord.prototype.digest = $util.newBuffer([]);

        MovedRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(8).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(16).uint64(message.offset);
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest") && message.digest.length)
                writer.uint32(26).bytes(message.digest);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MovedRecord.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.MovedRecord();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.digest = value;
                        else
                            delete message.digest;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MovedRecord.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.MovedRecord)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.MovedRecord: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.MovedRecord();
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            if (object.digest != null)
                if (object.digest.length)
                    if (typeof object.digest === "string")
                        $util.base64.decode(object.digest, message.digest = $util.newBuffer($util.base64.length(object.digest)), 0);
                    else if (object.digest.length >= 0)
                        message.digest = object.digest;
            return message;
        };

        MovedRecord.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.digest = "";
                else {
                    object.digest = [];
                    if (options.bytes !== $Array)
                        object.digest = $util.newBuffer(object.digest);
                }
            }
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            if (message.digest != null && $Object.hasOwnProperty.call(message, "digest"))
                object.digest = options.bytes === $String ? $util.base64.encode(message.digest, 0, message.digest.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.digest) : message.digest;
            return object;
        };

        MovedRecord.prototype.toJSON = function() {
            return MovedRecord.toObject(this, $protobuf.util.toJSONOptions);
        };

        MovedRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.MovedRecord";
        };

        return MovedRecord;
    })();

    sluice.ModelVersion = (function() {

        const ModelVersion = function (properties) {
            this.metrics = {};
            this.parameters = {};
            this.gives = [];
            this.takes = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelVersion.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelVersion.prototype.name = "";
        ModelVersion.prototype.description = "";
        ModelVersion.prototype.modeltype = 0;
        ModelVersion.prototype.hash = $util.newBuffer([]);
        ModelVersion.prototype.size = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelVersion.prototype.location = "";
        ModelVersion.prototype.output = "";
        ModelVersion.prototype.since = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelVersion.prototype.partition = 0;
        ModelVersion.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelVersion.prototype.remote = false;
        ModelVersion.prototype.heavy = false;
        ModelVersion.prototype.movedFrom = null;
        ModelVersion.prototype.publishedBy = "";
        ModelVersion.prototype.created = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelVersion.prototype.metrics = $util.emptyObject;
        ModelVersion.prototype.parameters = $util.emptyObject;
        ModelVersion.prototype.retired = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelVersion.prototype.signature = null;
        ModelVersion.prototype.gives = $util.emptyArray;
        ModelVersion.prototype.takes = $util.emptyArray;

        ModelVersion.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(18).string(message.name);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(26).string(message.description);
            if (message.modeltype != null && $Object.hasOwnProperty.call(message, "modeltype") && message.modeltype !== 0)
                writer.uint32(32).int32(message.modeltype);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(42).bytes(message.hash);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(48).uint64(message.size);
            if (message.location != null && $Object.hasOwnProperty.call(message, "location") && message.location !== "")
                writer.uint32(58).string(message.location);
            if (message.output != null && $Object.hasOwnProperty.call(message, "output") && message.output !== "")
                writer.uint32(66).string(message.output);
            if (message.since != null && $Object.hasOwnProperty.call(message, "since") && (typeof message.since === "object" ? message.since.low || message.since.high : message.since !== 0))
                writer.uint32(72).int64(message.since);
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(80).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(88).uint64(message.offset);
            if (message.remote != null && $Object.hasOwnProperty.call(message, "remote") && message.remote !== false)
                writer.uint32(96).bool(message.remote);
            if (message.heavy != null && $Object.hasOwnProperty.call(message, "heavy") && message.heavy !== false)
                writer.uint32(104).bool(message.heavy);
            if (message.movedFrom != null && $Object.hasOwnProperty.call(message, "movedFrom"))
                $root.sluice.RecordPlace.encode(message.movedFrom, writer.uint32(114).fork(), _depth + 1).ldelim();
            if (message.publishedBy != null && $Object.hasOwnProperty.call(message, "publishedBy") && message.publishedBy !== "")
                writer.uint32(122).string(message.publishedBy);
            if (message.created != null && $Object.hasOwnProperty.call(message, "created") && (typeof message.created === "object" ? message.created.low || message.created.high : message.created !== 0))
                writer.uint32(128).int64(message.created);
            if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics"))
                for (let keys = $Object.keys(message.metrics), i = 0; i < keys.length; ++i)
                    writer.uint32(138).fork().uint32(10).string(keys[i]).uint32(17).double(message.metrics[keys[i]]).ldelim();
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                for (let keys = $Object.keys(message.parameters), i = 0; i < keys.length; ++i)
                    writer.uint32(146).fork().uint32(10).string(keys[i]).uint32(18).string(message.parameters[keys[i]]).ldelim();
            if (message.retired != null && $Object.hasOwnProperty.call(message, "retired") && (typeof message.retired === "object" ? message.retired.low || message.retired.high : message.retired !== 0))
                writer.uint32(152).int64(message.retired);
            if (message.signature != null && $Object.hasOwnProperty.call(message, "signature"))
                $root.sluice.VersionSignature.encode(message.signature, writer.uint32(162).fork(), _depth + 1).ldelim();
            if (message.gives != null && message.gives.length)
                for (let i = 0; i < message.gives.length; ++i)
                    $root.sluice.ModelField.encode(message.gives[i], writer.uint32(170).fork(), _depth + 1).ldelim();
            if (message.takes != null && message.takes.length)
                for (let i = 0; i < message.takes.length; ++i)
                    $root.sluice.ModelField.encode(message.takes[i], writer.uint32(178).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelVersion.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, key, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelVersion();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modeltype = value;
                        else
                            delete message.modeltype;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.location = value;
                        else
                            delete message.location;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.output = value;
                        else
                            delete message.output;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.since = value;
                        else
                            delete message.since;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                case 12: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.remote = value;
                        else
                            delete message.remote;
                        continue;
                    }
                case 13: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.heavy = value;
                        else
                            delete message.heavy;
                        continue;
                    }
                case 14: {
                        if (wireType !== 2)
                            break;
                        message.movedFrom = $root.sluice.RecordPlace.decode(reader, reader.size(), $undefined, _depth + 1, message.movedFrom);
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.publishedBy = value;
                        else
                            delete message.publishedBy;
                        continue;
                    }
                case 16: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.created = value;
                        else
                            delete message.created;
                        continue;
                    }
                case 17: {
                        if (wireType !== 2)
                            break;
                        if (message.metrics === $util.emptyObject)
                            message.metrics = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = 0;
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 1)
                                    break;
                                value = reader.double();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.metrics, key);
                        message.metrics[key] = value;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        if (message.parameters === $util.emptyObject)
                            message.parameters = {};
                        let end2 = reader.size() + reader.pos;
                        if (end2 > reader.len)
                            throw $RangeError("index out of range");
                        reader.len = end2;
                        key = "";
                        value = "";
                        while (reader.pos < end2) {
                            let tag2 = reader.tag();
                            wireType = tag2 & 7;
                            switch (tag2 >>>= 3) {
                            case 1:
                                if (wireType !== 2)
                                    break;
                                key = reader.stringVerify();
                                continue;
                            case 2:
                                if (wireType !== 2)
                                    break;
                                value = reader.stringVerify();
                                continue;
                            }
                            reader.skipType(wireType, _depth, tag2);
                        }
                        if (reader.pos !== end2)
                            throw $RangeError("index out of range");
                        reader.len = end;
                        if (key === "__proto__")
                            $util.makeProp(message.parameters, key);
                        message.parameters[key] = value;
                        continue;
                    }
                case 19: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.retired = value;
                        else
                            delete message.retired;
                        continue;
                    }
                case 20: {
                        if (wireType !== 2)
                            break;
                        message.signature = $root.sluice.VersionSignature.decode(reader, reader.size(), $undefined, _depth + 1, message.signature);
                        continue;
                    }
                case 21: {
                        if (wireType !== 2)
                            break;
                        if (!(message.gives && message.gives.length))
                            message.gives = [];
                        message.gives.push($root.sluice.ModelField.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 22: {
                        if (wireType !== 2)
                            break;
                        if (!(message.takes && message.takes.length))
                            message.takes = [];
                        message.takes.push($root.sluice.ModelField.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelVersion.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelVersion)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelVersion: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelVersion();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.modeltype != null)
                if ($Number(object.modeltype) !== 0)
                    message.modeltype = object.modeltype | 0;
            if (object.hash != null)
                if (object.hash.length)
                    if (typeof object.hash === "string")
                        $util.base64.decode(object.hash, message.hash = $util.newBuffer($util.base64.length(object.hash)), 0);
                    else if (object.hash.length >= 0)
                        message.hash = object.hash;
            if (object.size != null)
                if (typeof object.size === "object" ? object.size.low || object.size.high : $Number(object.size) !== 0)
                    if ($util.Long)
                        message.size = $util.Long.fromValue(object.size, true);
                    else if (typeof object.size === "string")
                        message.size = $parseInt(object.size, 10);
                    else if (typeof object.size === "number")
                        message.size = object.size;
                    else if (typeof object.size === "object")
                        message.size = new $util.LongBits(object.size.low >>> 0, object.size.high >>> 0).toNumber(true);
            if (object.location != null)
                if (typeof object.location !== "string" || object.location.length)
                    message.location = $String(object.location);
            if (object.output != null)
                if (typeof object.output !== "string" || object.output.length)
                    message.output = $String(object.output);
            if (object.since != null)
                if (typeof object.since === "object" ? object.since.low || object.since.high : $Number(object.since) !== 0)
                    if ($util.Long)
                        message.since = $util.Long.fromValue(object.since, false);
                    else if (typeof object.since === "string")
                        message.since = $parseInt(object.since, 10);
                    else if (typeof object.since === "number")
                        message.since = object.since;
                    else if (typeof object.since === "object")
                        message.since = new $util.LongBits(object.since.low >>> 0, object.since.high >>> 0).toNumber();
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            if (object.remote != null)
                if (object.remote)
                    message.remote = $Boolean(object.remote);
            if (object.heavy != null)
                if (object.heavy)
                    message.heavy = $Boolean(object.heavy);
            if (object.movedFrom != null) {
                if (!$util.isObject(object.movedFrom))
                    throw $TypeError(".sluice.ModelVersion.movedFrom: object expected");
                message.movedFrom = $root.sluice.RecordPlace.fromObject(object.movedFrom, _depth + 1);
            }
            if (object.publishedBy != null)
                if (typeof object.publishedBy !== "string" || object.publishedBy.length)
                    message.publishedBy = $String(object.publishedBy);
            if (object.created != null)
                if (typeof object.created === "object" ? object.created.low || object.created.high : $Number(object.created) !== 0)
                    if ($util.Long)
                        message.created = $util.Long.fromValue(object.created, false);
                    else if (typeof object.created === "string")
                        message.created = $parseInt(object.created, 10);
                    else if (typeof object.created === "number")
                        message.created = object.created;
                    else if (typeof object.created === "object")
                        message.created = new $util.LongBits(object.created.low >>> 0, object.created.high >>> 0).toNumber();
            if (object.metrics) {
                if (!$util.isObject(object.metrics))
                    throw $TypeError(".sluice.ModelVersion.metrics: object expected");
                message.metrics = {};
                for (let keys = $Object.keys(object.metrics), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.metrics, keys[i]);
                    message.metrics[keys[i]] = $Number(object.metrics[keys[i]]);
                }
            }
            if (object.parameters) {
                if (!$util.isObject(object.parameters))
                    throw $TypeError(".sluice.ModelVersion.parameters: object expected");
                message.parameters = {};
                for (let keys = $Object.keys(object.parameters), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.parameters, keys[i]);
                    message.parameters[keys[i]] = $String(object.parameters[keys[i]]);
                }
            }
            if (object.retired != null)
                if (typeof object.retired === "object" ? object.retired.low || object.retired.high : $Number(object.retired) !== 0)
                    if ($util.Long)
                        message.retired = $util.Long.fromValue(object.retired, false);
                    else if (typeof object.retired === "string")
                        message.retired = $parseInt(object.retired, 10);
                    else if (typeof object.retired === "number")
                        message.retired = object.retired;
                    else if (typeof object.retired === "object")
                        message.retired = new $util.LongBits(object.retired.low >>> 0, object.retired.high >>> 0).toNumber();
            if (object.signature != null) {
                if (!$util.isObject(object.signature))
                    throw $TypeError(".sluice.ModelVersion.signature: object expected");
                message.signature = $root.sluice.VersionSignature.fromObject(object.signature, _depth + 1);
            }
            if (object.gives) {
                if (!$Array.isArray(object.gives))
                    throw $TypeError(".sluice.ModelVersion.gives: array expected");
                message.gives = $Array(object.gives.length);
                for (let i = 0; i < object.gives.length; ++i) {
                    if (!$util.isObject(object.gives[i]))
                        throw $TypeError(".sluice.ModelVersion.gives: object expected");
                    message.gives[i] = $root.sluice.ModelField.fromObject(object.gives[i], _depth + 1);
                }
            }
            if (object.takes) {
                if (!$Array.isArray(object.takes))
                    throw $TypeError(".sluice.ModelVersion.takes: array expected");
                message.takes = $Array(object.takes.length);
                for (let i = 0; i < object.takes.length; ++i) {
                    if (!$util.isObject(object.takes[i]))
                        throw $TypeError(".sluice.ModelVersion.takes: object expected");
                    message.takes[i] = $root.sluice.ModelField.fromObject(object.takes[i], _depth + 1);
                }
            }
            return message;
        };

        ModelVersion.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.gives = [];
                object.takes = [];
            }
            if (options.objects || options.defaults) {
                object.metrics = {};
                object.parameters = {};
            }
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.name = "";
                object.description = "";
                object.modeltype = 0;
                if (options.bytes === $String)
                    object.hash = "";
                else {
                    object.hash = [];
                    if (options.bytes !== $Array)
                        object.hash = $util.newBuffer(object.hash);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.size = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.size = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.location = "";
                object.output = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.since = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.since = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.remote = false;
                object.heavy = false;
                object.movedFrom = null;
                object.publishedBy = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.created = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.created = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.retired = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.retired = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.signature = null;
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.modeltype != null && $Object.hasOwnProperty.call(message, "modeltype"))
                object.modeltype = message.modeltype;
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = options.bytes === $String ? $util.base64.encode(message.hash, 0, message.hash.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.hash) : message.hash;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.size = typeof message.size === "number" ? $BigInt(message.size) : $util.Long.fromBits(message.size.low >>> 0, message.size.high >>> 0, true).toBigInt();
                else if (typeof message.size === "number")
                    object.size = options.longs === $String ? $String(message.size) : message.size;
                else
                    object.size = options.longs === $String ? $util.Long.prototype.toString.call(message.size) : options.longs === $Number ? new $util.LongBits(message.size.low >>> 0, message.size.high >>> 0).toNumber(true) : message.size;
            if (message.location != null && $Object.hasOwnProperty.call(message, "location"))
                object.location = message.location;
            if (message.output != null && $Object.hasOwnProperty.call(message, "output"))
                object.output = message.output;
            if (message.since != null && $Object.hasOwnProperty.call(message, "since"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.since = typeof message.since === "number" ? $BigInt(message.since) : $util.Long.fromBits(message.since.low >>> 0, message.since.high >>> 0, false).toBigInt();
                else if (typeof message.since === "number")
                    object.since = options.longs === $String ? $String(message.since) : message.since;
                else
                    object.since = options.longs === $String ? $util.Long.prototype.toString.call(message.since) : options.longs === $Number ? new $util.LongBits(message.since.low >>> 0, message.since.high >>> 0).toNumber() : message.since;
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            if (message.remote != null && $Object.hasOwnProperty.call(message, "remote"))
                object.remote = message.remote;
            if (message.heavy != null && $Object.hasOwnProperty.call(message, "heavy"))
                object.heavy = message.heavy;
            if (message.movedFrom != null && $Object.hasOwnProperty.call(message, "movedFrom"))
                object.movedFrom = $root.sluice.RecordPlace.toObject(message.movedFrom, options, _depth + 1);
            if (message.publishedBy != null && $Object.hasOwnProperty.call(message, "publishedBy"))
                object.publishedBy = message.publishedBy;
            if (message.created != null && $Object.hasOwnProperty.call(message, "created"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.created = typeof message.created === "number" ? $BigInt(message.created) : $util.Long.fromBits(message.created.low >>> 0, message.created.high >>> 0, false).toBigInt();
                else if (typeof message.created === "number")
                    object.created = options.longs === $String ? $String(message.created) : message.created;
                else
                    object.created = options.longs === $String ? $util.Long.prototype.toString.call(message.created) : options.longs === $Number ? new $util.LongBits(message.created.low >>> 0, message.created.high >>> 0).toNumber() : message.created;
            let keys2;
            if (message.metrics && (keys2 = $Object.keys(message.metrics)).length) {
                object.metrics = {};
                for (let j = 0; j < keys2.length; ++j) {
                    if (keys2[j] === "__proto__")
                        $util.makeProp(object.metrics, keys2[j]);
                    object.metrics[keys2[j]] = options.json && !$isFinite(message.metrics[keys2[j]]) ? $String(message.metrics[keys2[j]]) : message.metrics[keys2[j]];
                }
            }
            if (message.parameters && (keys2 = $Object.keys(message.parameters)).length) {
                object.parameters = {};
                for (let j = 0; j < keys2.length; ++j) {
                    if (keys2[j] === "__proto__")
                        $util.makeProp(object.parameters, keys2[j]);
                    object.parameters[keys2[j]] = message.parameters[keys2[j]];
                }
            }
            if (message.retired != null && $Object.hasOwnProperty.call(message, "retired"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.retired = typeof message.retired === "number" ? $BigInt(message.retired) : $util.Long.fromBits(message.retired.low >>> 0, message.retired.high >>> 0, false).toBigInt();
                else if (typeof message.retired === "number")
                    object.retired = options.longs === $String ? $String(message.retired) : message.retired;
                else
                    object.retired = options.longs === $String ? $util.Long.prototype.toString.call(message.retired) : options.longs === $Number ? new $util.LongBits(message.retired.low >>> 0, message.retired.high >>> 0).toNumber() : message.retired;
            if (message.signature != null && $Object.hasOwnProperty.call(message, "signature"))
                object.signature = $root.sluice.VersionSignature.toObject(message.signature, options, _depth + 1);
            if (message.gives && message.gives.length) {
                object.gives = $Array(message.gives.length);
                for (let j = 0; j < message.gives.length; ++j)
                    object.gives[j] = $root.sluice.ModelField.toObject(message.gives[j], options, _depth + 1);
            }
            if (message.takes && message.takes.length) {
                object.takes = $Array(message.takes.length);
                for (let j = 0; j < message.takes.length; ++j)
                    object.takes[j] = $root.sluice.ModelField.toObject(message.takes[j], options, _depth + 1);
            }
            return object;
        };

        ModelVersion.prototype.toJSON = function() {
            return ModelVersion.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelVersion.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelVersion";
        };

        return ModelVersion;
    })();

    sluice.VersionSignature = (function() {

        const VersionSignature = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        VersionSignature.prototype.sha256 = $util.newBuffer([]);
        VersionSignature.prototype.size = 0;
        VersionSignature.prototype.key = "";
        VersionSignature.prototype.certificate = "";

        VersionSignature.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(10).bytes(message.sha256);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && message.size !== 0)
                writer.uint32(16).uint32(message.size);
            if (message.key != null && $Object.hasOwnProperty.call(message, "key") && message.key !== "")
                writer.uint32(26).string(message.key);
            if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate") && message.certificate !== "")
                writer.uint32(34).string(message.certificate);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        VersionSignature.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.VersionSignature();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.key = value;
                        else
                            delete message.key;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.certificate = value;
                        else
                            delete message.certificate;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        VersionSignature.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.VersionSignature)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.VersionSignature: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.VersionSignature();
            if (object.sha256 != null)
                if (object.sha256.length)
                    if (typeof object.sha256 === "string")
                        $util.base64.decode(object.sha256, message.sha256 = $util.newBuffer($util.base64.length(object.sha256)), 0);
                    else if (object.sha256.length >= 0)
                        message.sha256 = object.sha256;
            if (object.size != null)
                if ($Number(object.size) !== 0)
                    message.size = object.size >>> 0;
            if (object.key != null)
                if (typeof object.key !== "string" || object.key.length)
                    message.key = $String(object.key);
            if (object.certificate != null)
                if (typeof object.certificate !== "string" || object.certificate.length)
                    message.certificate = $String(object.certificate);
            return message;
        };

        VersionSignature.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.sha256 = "";
                else {
                    object.sha256 = [];
                    if (options.bytes !== $Array)
                        object.sha256 = $util.newBuffer(object.sha256);
                }
                object.size = 0;
                object.key = "";
                object.certificate = "";
            }
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = options.bytes === $String ? $util.base64.encode(message.sha256, 0, message.sha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.sha256) : message.sha256;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                object.size = message.size;
            if (message.key != null && $Object.hasOwnProperty.call(message, "key"))
                object.key = message.key;
            if (message.certificate != null && $Object.hasOwnProperty.call(message, "certificate"))
                object.certificate = message.certificate;
            return object;
        };

        VersionSignature.prototype.toJSON = function() {
            return VersionSignature.toObject(this, $protobuf.util.toJSONOptions);
        };

        VersionSignature.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.VersionSignature";
        };

        return VersionSignature;
    })();

    sluice.ModelField = (function() {

        const ModelField = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelField.prototype.name = "";
        ModelField.prototype.text = false;
        ModelField.prototype.count = 0;
        ModelField.prototype.from = 0;

        ModelField.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.text != null && $Object.hasOwnProperty.call(message, "text") && message.text !== false)
                writer.uint32(16).bool(message.text);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(24).uint32(message.count);
            if (message.from != null && $Object.hasOwnProperty.call(message, "from") && message.from !== 0)
                writer.uint32(32).uint32(message.from);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelField.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelField();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.name = value;
                        else
                            delete message.name;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.text = value;
                        else
                            delete message.text;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.count = value;
                        else
                            delete message.count;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.from = value;
                        else
                            delete message.from;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelField.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelField)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelField: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelField();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.text != null)
                if (object.text)
                    message.text = $Boolean(object.text);
            if (object.count != null)
                if ($Number(object.count) !== 0)
                    message.count = object.count >>> 0;
            if (object.from != null)
                if ($Number(object.from) !== 0)
                    message.from = object.from >>> 0;
            return message;
        };

        ModelField.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                object.text = false;
                object.count = 0;
                object.from = 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.text != null && $Object.hasOwnProperty.call(message, "text"))
                object.text = message.text;
            if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                object.count = message.count;
            if (message.from != null && $Object.hasOwnProperty.call(message, "from"))
                object.from = message.from;
            return object;
        };

        ModelField.prototype.toJSON = function() {
            return ModelField.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelField.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelField";
        };

        return ModelField;
    })();

    sluice.ModelUpload = (function() {

        const ModelUpload = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelUpload.prototype.dataType = "";
        ModelUpload.prototype.sha256 = $util.newBuffer([]);
        ModelUpload.prototype.size = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelUpload.prototype.pieces = 0;
        ModelUpload.prototype.received = $util.newBuffer([]);
        ModelUpload.prototype.newest = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelUpload.prototype.partition = 0;
        ModelUpload.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ModelUpload.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(10).string(message.dataType);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(18).bytes(message.sha256);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(24).uint64(message.size);
            if (message.pieces != null && $Object.hasOwnProperty.call(message, "pieces") && message.pieces !== 0)
                writer.uint32(32).uint32(message.pieces);
            if (message.received != null && $Object.hasOwnProperty.call(message, "received") && message.received.length)
                writer.uint32(42).bytes(message.received);
            if (message.newest != null && $Object.hasOwnProperty.call(message, "newest") && (typeof message.newest === "object" ? message.newest.low || message.newest.high : message.newest !== 0))
                writer.uint32(48).int64(message.newest);
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(56).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(64).uint64(message.offset);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelUpload.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelUpload();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataType = value;
                        else
                            delete message.dataType;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.pieces = value;
                        else
                            delete message.pieces;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.received = value;
                        else
                            delete message.received;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.newest = value;
                        else
                            delete message.newest;
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.offset = value;
                        else
                            delete message.offset;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelUpload.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelUpload)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelUpload: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelUpload();
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            if (object.sha256 != null)
                if (object.sha256.length)
                    if (typeof object.sha256 === "string")
                        $util.base64.decode(object.sha256, message.sha256 = $util.newBuffer($util.base64.length(object.sha256)), 0);
                    else if (object.sha256.length >= 0)
                        message.sha256 = object.sha256;
            if (object.size != null)
                if (typeof object.size === "object" ? object.size.low || object.size.high : $Number(object.size) !== 0)
                    if ($util.Long)
                        message.size = $util.Long.fromValue(object.size, true);
                    else if (typeof object.size === "string")
                        message.size = $parseInt(object.size, 10);
                    else if (typeof object.size === "number")
                        message.size = object.size;
                    else if (typeof object.size === "object")
                        message.size = new $util.LongBits(object.size.low >>> 0, object.size.high >>> 0).toNumber(true);
            if (object.pieces != null)
                if ($Number(object.pieces) !== 0)
                    message.pieces = object.pieces >>> 0;
            if (object.received != null)
                if (object.received.length)
                    if (typeof object.received === "string")
                        $util.base64.decode(object.received, message.received = $util.newBuffer($util.base64.length(object.received)), 0);
                    else if (object.received.length >= 0)
                        message.received = object.received;
            if (object.newest != null)
                if (typeof object.newest === "object" ? object.newest.low || object.newest.high : $Number(object.newest) !== 0)
                    if ($util.Long)
                        message.newest = $util.Long.fromValue(object.newest, false);
                    else if (typeof object.newest === "string")
                        message.newest = $parseInt(object.newest, 10);
                    else if (typeof object.newest === "number")
                        message.newest = object.newest;
                    else if (typeof object.newest === "object")
                        message.newest = new $util.LongBits(object.newest.low >>> 0, object.newest.high >>> 0).toNumber();
            if (object.partition != null)
                if ($Number(object.partition) !== 0)
                    message.partition = object.partition | 0;
            if (object.offset != null)
                if (typeof object.offset === "object" ? object.offset.low || object.offset.high : $Number(object.offset) !== 0)
                    if ($util.Long)
                        message.offset = $util.Long.fromValue(object.offset, true);
                    else if (typeof object.offset === "string")
                        message.offset = $parseInt(object.offset, 10);
                    else if (typeof object.offset === "number")
                        message.offset = object.offset;
                    else if (typeof object.offset === "object")
                        message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            return message;
        };

        ModelUpload.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.dataType = "";
                if (options.bytes === $String)
                    object.sha256 = "";
                else {
                    object.sha256 = [];
                    if (options.bytes !== $Array)
                        object.sha256 = $util.newBuffer(object.sha256);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.size = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.size = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.pieces = 0;
                if (options.bytes === $String)
                    object.received = "";
                else {
                    object.received = [];
                    if (options.bytes !== $Array)
                        object.received = $util.newBuffer(object.received);
                }
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.newest = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.newest = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = options.bytes === $String ? $util.base64.encode(message.sha256, 0, message.sha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.sha256) : message.sha256;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.size = typeof message.size === "number" ? $BigInt(message.size) : $util.Long.fromBits(message.size.low >>> 0, message.size.high >>> 0, true).toBigInt();
                else if (typeof message.size === "number")
                    object.size = options.longs === $String ? $String(message.size) : message.size;
                else
                    object.size = options.longs === $String ? $util.Long.prototype.toString.call(message.size) : options.longs === $Number ? new $util.LongBits(message.size.low >>> 0, message.size.high >>> 0).toNumber(true) : message.size;
            if (message.pieces != null && $Object.hasOwnProperty.call(message, "pieces"))
                object.pieces = message.pieces;
            if (message.received != null && $Object.hasOwnProperty.call(message, "received"))
                object.received = options.bytes === $String ? $util.base64.encode(message.received, 0, message.received.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.received) : message.received;
            if (message.newest != null && $Object.hasOwnProperty.call(message, "newest"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.newest = typeof message.newest === "number" ? $BigInt(message.newest) : $util.Long.fromBits(message.newest.low >>> 0, message.newest.high >>> 0, false).toBigInt();
                else if (typeof message.newest === "number")
                    object.newest = options.longs === $String ? $String(message.newest) : message.newest;
                else
                    object.newest = options.longs === $String ? $util.Long.prototype.toString.call(message.newest) : options.longs === $Number ? new $util.LongBits(message.newest.low >>> 0, message.newest.high >>> 0).toNumber() : message.newest;
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition"))
                object.partition = message.partition;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            return object;
        };

        ModelUpload.prototype.toJSON = function() {
            return ModelUpload.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelUpload.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelUpload";
        };

        return ModelUpload;
    })();

    sluice.PastVersion = (function() {

        const PastVersion = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        PastVersion.prototype.version = null;
        PastVersion.prototype.figures = null;

        PastVersion.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                $root.sluice.ModelVersion.encode(message.version, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.figures != null && $Object.hasOwnProperty.call(message, "figures"))
                $root.sluice.ModelStatistics.encode(message.figures, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        PastVersion.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.PastVersion();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        message.version = $root.sluice.ModelVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.version);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.figures = $root.sluice.ModelStatistics.decode(reader, reader.size(), $undefined, _depth + 1, message.figures);
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        PastVersion.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.PastVersion)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.PastVersion: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.PastVersion();
            if (object.version != null) {
                if (!$util.isObject(object.version))
                    throw $TypeError(".sluice.PastVersion.version: object expected");
                message.version = $root.sluice.ModelVersion.fromObject(object.version, _depth + 1);
            }
            if (object.figures != null) {
                if (!$util.isObject(object.figures))
                    throw $TypeError(".sluice.PastVersion.figures: object expected");
                message.figures = $root.sluice.ModelStatistics.fromObject(object.figures, _depth + 1);
            }
            return message;
        };

        PastVersion.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.version = null;
                object.figures = null;
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                object.version = $root.sluice.ModelVersion.toObject(message.version, options, _depth + 1);
            if (message.figures != null && $Object.hasOwnProperty.call(message, "figures"))
                object.figures = $root.sluice.ModelStatistics.toObject(message.figures, options, _depth + 1);
            return object;
        };

        PastVersion.prototype.toJSON = function() {
            return PastVersion.toObject(this, $protobuf.util.toJSONOptions);
        };

        PastVersion.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.PastVersion";
        };

        return PastVersion;
    })();

    sluice.ModelStatistics = (function() {

        const ModelStatistics = function (properties) {
            this.roles = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelStatistics.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelStatistics.prototype.invocations = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ModelStatistics.prototype.duration = 0;
        ModelStatistics.prototype.min = 0;
        ModelStatistics.prototype.max = 0;
        ModelStatistics.prototype.lastUsed = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelStatistics.prototype.roles = $util.emptyArray;

        ModelStatistics.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(8).uint64(message.version);
            if (message.invocations != null && $Object.hasOwnProperty.call(message, "invocations") && (typeof message.invocations === "object" ? message.invocations.low || message.invocations.high : message.invocations !== 0))
                writer.uint32(16).uint64(message.invocations);
            if (message.duration != null && $Object.hasOwnProperty.call(message, "duration") && !$Object.is(message.duration, 0))
                writer.uint32(25).double(message.duration);
            if (message.min != null && $Object.hasOwnProperty.call(message, "min") && !$Object.is(message.min, 0))
                writer.uint32(33).double(message.min);
            if (message.max != null && $Object.hasOwnProperty.call(message, "max") && !$Object.is(message.max, 0))
                writer.uint32(41).double(message.max);
            if (message.lastUsed != null && $Object.hasOwnProperty.call(message, "lastUsed") && (typeof message.lastUsed === "object" ? message.lastUsed.low || message.lastUsed.high : message.lastUsed !== 0))
                writer.uint32(48).int64(message.lastUsed);
            if (message.roles != null && message.roles.length)
                for (let i = 0; i < message.roles.length; ++i)
                    $root.sluice.RoleStatistics.encode(message.roles[i], writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelStatistics.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.ModelStatistics();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.invocations = value;
                        else
                            delete message.invocations;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.duration = value;
                        else
                            delete message.duration;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.min = value;
                        else
                            delete message.min;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.max = value;
                        else
                            delete message.max;
                        continue;
                    }
                case 6: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.lastUsed = value;
                        else
                            delete message.lastUsed;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if (!(message.roles && message.roles.length))
                            message.roles = [];
                        message.roles.push($root.sluice.RoleStatistics.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        ModelStatistics.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelStatistics)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelStatistics: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelStatistics();
            if (object.version != null)
                if (typeof object.version === "object" ? object.version.low || object.version.high : $Number(object.version) !== 0)
                    if ($util.Long)
                        message.version = $util.Long.fromValue(object.version, true);
                    else if (typeof object.version === "string")
                        message.version = $parseInt(object.version, 10);
                    else if (typeof object.version === "number")
                        message.version = object.version;
                    else if (typeof object.version === "object")
                        message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.invocations != null)
                if (typeof object.invocations === "object" ? object.invocations.low || object.invocations.high : $Number(object.invocations) !== 0)
                    if ($util.Long)
                        message.invocations = $util.Long.fromValue(object.invocations, true);
                    else if (typeof object.invocations === "string")
                        message.invocations = $parseInt(object.invocations, 10);
                    else if (typeof object.invocations === "number")
                        message.invocations = object.invocations;
                    else if (typeof object.invocations === "object")
                        message.invocations = new $util.LongBits(object.invocations.low >>> 0, object.invocations.high >>> 0).toNumber(true);
            if (object.duration != null)
                if (!$Object.is($Number(object.duration), 0))
                    message.duration = $Number(object.duration);
            if (object.min != null)
                if (!$Object.is($Number(object.min), 0))
                    message.min = $Number(object.min);
            if (object.max != null)
                if (!$Object.is($Number(object.max), 0))
                    message.max = $Number(object.max);
            if (object.lastUsed != null)
                if (typeof object.lastUsed === "object" ? object.lastUsed.low || object.lastUsed.high : $Number(object.lastUsed) !== 0)
                    if ($util.Long)
                        message.lastUsed = $util.Long.fromValue(object.lastUsed, false);
                    else if (typeof object.lastUsed === "string")
                        message.lastUsed = $parseInt(object.lastUsed, 10);
                    else if (typeof object.lastUsed === "number")
                        message.lastUsed = object.lastUsed;
                    else if (typeof object.lastUsed === "object")
                        message.lastUsed = new $util.LongBits(object.lastUsed.low >>> 0, object.lastUsed.high >>> 0).toNumber();
            if (object.roles) {
                if (!$Array.isArray(object.roles))
                    throw $TypeError(".sluice.ModelStatistics.roles: array expected");
                message.roles = $Array(object.roles.length);
                for (let i = 0; i < object.roles.length; ++i) {
                    if (!$util.isObject(object.roles[i]))
                        throw $TypeError(".sluice.ModelStatistics.roles: object expected");
                    message.roles[i] = $root.sluice.RoleStatistics.fromObject(object.roles[i], _depth + 1);
                }
            }
            return message;
        };

        ModelStatistics.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.roles = [];
            if (options.defaults) {
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.invocations = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.invocations = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.duration = 0;
                object.min = 0;
                object.max = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.lastUsed = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.lastUsed = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.invocations != null && $Object.hasOwnProperty.call(message, "invocations"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.invocations = typeof message.invocations === "number" ? $BigInt(message.invocations) : $util.Long.fromBits(message.invocations.low >>> 0, message.invocations.high >>> 0, true).toBigInt();
                else if (typeof message.invocations === "number")
                    object.invocations = options.longs === $String ? $String(message.invocations) : message.invocations;
                else
                    object.invocations = options.longs === $String ? $util.Long.prototype.toString.call(message.invocations) : options.longs === $Number ? new $util.LongBits(message.invocations.low >>> 0, message.invocations.high >>> 0).toNumber(true) : message.invocations;
            if (message.duration != null && $Object.hasOwnProperty.call(message, "duration"))
                object.duration = options.json && !$isFinite(message.duration) ? $String(message.duration) : message.duration;
            if (message.min != null && $Object.hasOwnProperty.call(message, "min"))
                object.min = options.json && !$isFinite(message.min) ? $String(message.min) : message.min;
            if (message.max != null && $Object.hasOwnProperty.call(message, "max"))
                object.max = options.json && !$isFinite(message.max) ? $String(message.max) : message.max;
            if (message.lastUsed != null && $Object.hasOwnProperty.call(message, "lastUsed"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.lastUsed = typeof message.lastUsed === "number" ? $BigInt(message.lastUsed) : $util.Long.fromBits(message.lastUsed.low >>> 0, message.lastUsed.high >>> 0, false).toBigInt();
                else if (typeof message.lastUsed === "number")
                    object.lastUsed = options.longs === $String ? $String(message.lastUsed) : message.lastUsed;
                else
                    object.lastUsed = options.longs === $String ? $util.Long.prototype.toString.call(message.lastUsed) : options.longs === $Number ? new $util.LongBits(message.lastUsed.low >>> 0, message.lastUsed.high >>> 0).toNumber() : message.lastUsed;
            if (message.roles && message.roles.length) {
                object.roles = $Array(message.roles.length);
                for (let j = 0; j < message.roles.length; ++j)
                    object.roles[j] = $root.sluice.RoleStatistics.toObject(message.roles[j], options, _depth + 1);
            }
            return object;
        };

        ModelStatistics.prototype.toJSON = function() {
            return ModelStatistics.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelStatistics.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelStatistics";
        };

        return ModelStatistics;
    })();

    sluice.RoleStatistics = (function() {

        const RoleStatistics = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RoleStatistics.prototype.role = 0;
        RoleStatistics.prototype.invocations = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RoleStatistics.prototype.duration = 0;
        RoleStatistics.prototype.min = 0;
        RoleStatistics.prototype.max = 0;
        RoleStatistics.prototype.durations = $util.newBuffer([]);

        RoleStatistics.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                writer.uint32(8).int32(message.role);
            if (message.invocations != null && $Object.hasOwnProperty.call(message, "invocations") && (typeof message.invocations === "object" ? message.invocations.low || message.invocations.high : message.invocations !== 0))
                writer.uint32(16).uint64(message.invocations);
            if (message.duration != null && $Object.hasOwnProperty.call(message, "duration") && !$Object.is(message.duration, 0))
                writer.uint32(25).double(message.duration);
            if (message.min != null && $Object.hasOwnProperty.call(message, "min") && !$Object.is(message.min, 0))
                writer.uint32(33).double(message.min);
            if (message.max != null && $Object.hasOwnProperty.call(message, "max") && !$Object.is(message.max, 0))
                writer.uint32(41).double(message.max);
            if (message.durations != null && $Object.hasOwnProperty.call(message, "durations") && message.durations.length)
                writer.uint32(50).bytes(message.durations);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RoleStatistics.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.RoleStatistics();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.invocations = value;
                        else
                            delete message.invocations;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.duration = value;
                        else
                            delete message.duration;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.min = value;
                        else
                            delete message.min;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.max = value;
                        else
                            delete message.max;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.durations = value;
                        else
                            delete message.durations;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        RoleStatistics.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.RoleStatistics)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.RoleStatistics: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.RoleStatistics();
            if (object.role != null)
                if ($Number(object.role) !== 0)
                    message.role = object.role | 0;
            if (object.invocations != null)
                if (typeof object.invocations === "object" ? object.invocations.low || object.invocations.high : $Number(object.invocations) !== 0)
                    if ($util.Long)
                        message.invocations = $util.Long.fromValue(object.invocations, true);
                    else if (typeof object.invocations === "string")
                        message.invocations = $parseInt(object.invocations, 10);
                    else if (typeof object.invocations === "number")
                        message.invocations = object.invocations;
                    else if (typeof object.invocations === "object")
                        message.invocations = new $util.LongBits(object.invocations.low >>> 0, object.invocations.high >>> 0).toNumber(true);
            if (object.duration != null)
                if (!$Object.is($Number(object.duration), 0))
                    message.duration = $Number(object.duration);
            if (object.min != null)
                if (!$Object.is($Number(object.min), 0))
                    message.min = $Number(object.min);
            if (object.max != null)
                if (!$Object.is($Number(object.max), 0))
                    message.max = $Number(object.max);
            if (object.durations != null)
                if (object.durations.length)
                    if (typeof object.durations === "string")
                        $util.base64.decode(object.durations, message.durations = $util.newBuffer($util.base64.length(object.durations)), 0);
                    else if (object.durations.length >= 0)
                        message.durations = object.durations;
            return message;
        };

        RoleStatistics.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.role = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.invocations = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.invocations = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.duration = 0;
                object.min = 0;
                object.max = 0;
                if (options.bytes === $String)
                    object.durations = "";
                else {
                    object.durations = [];
                    if (options.bytes !== $Array)
                        object.durations = $util.newBuffer(object.durations);
                }
            }
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = message.role;
            if (message.invocations != null && $Object.hasOwnProperty.call(message, "invocations"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.invocations = typeof message.invocations === "number" ? $BigInt(message.invocations) : $util.Long.fromBits(message.invocations.low >>> 0, message.invocations.high >>> 0, true).toBigInt();
                else if (typeof message.invocations === "number")
                    object.invocations = options.longs === $String ? $String(message.invocations) : message.invocations;
                else
                    object.invocations = options.longs === $String ? $util.Long.prototype.toString.call(message.invocations) : options.longs === $Number ? new $util.LongBits(message.invocations.low >>> 0, message.invocations.high >>> 0).toNumber(true) : message.invocations;
            if (message.duration != null && $Object.hasOwnProperty.call(message, "duration"))
                object.duration = options.json && !$isFinite(message.duration) ? $String(message.duration) : message.duration;
            if (message.min != null && $Object.hasOwnProperty.call(message, "min"))
                object.min = options.json && !$isFinite(message.min) ? $String(message.min) : message.min;
            if (message.max != null && $Object.hasOwnProperty.call(message, "max"))
                object.max = options.json && !$isFinite(message.max) ? $String(message.max) : message.max;
            if (message.durations != null && $Object.hasOwnProperty.call(message, "durations"))
                object.durations = options.bytes === $String ? $util.base64.encode(message.durations, 0, message.durations.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.durations) : message.durations;
            return object;
        };

        RoleStatistics.prototype.toJSON = function() {
            return RoleStatistics.toObject(this, $protobuf.util.toJSONOptions);
        };

        RoleStatistics.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.RoleStatistics";
        };

        return RoleStatistics;
    })();

    sluice.MemberInfo = (function() {

        const MemberInfo = function (properties) {
            this.stores = [];
            this.tasks = [];
            this.active = [];
            this.held = [];
            this.reads = [];
            this.keeps = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        MemberInfo.prototype.instance = "";
        MemberInfo.prototype.host = "";
        MemberInfo.prototype.port = 0;
        MemberInfo.prototype.stores = $util.emptyArray;
        MemberInfo.prototype.tasks = $util.emptyArray;
        MemberInfo.prototype.active = $util.emptyArray;
        MemberInfo.prototype.peerPort = 0;
        MemberInfo.prototype.boot = "";
        MemberInfo.prototype.held = $util.emptyArray;
        MemberInfo.prototype.network = "";
        MemberInfo.prototype.reads = $util.emptyArray;
        MemberInfo.prototype.transactionalId = "";
        MemberInfo.prototype.keeps = $util.emptyArray;

        MemberInfo.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance") && message.instance !== "")
                writer.uint32(10).string(message.instance);
            if (message.host != null && $Object.hasOwnProperty.call(message, "host") && message.host !== "")
                writer.uint32(18).string(message.host);
            if (message.port != null && $Object.hasOwnProperty.call(message, "port") && message.port !== 0)
                writer.uint32(24).uint32(message.port);
            if (message.stores != null && message.stores.length)
                for (let i = 0; i < message.stores.length; ++i)
                    writer.uint32(34).string(message.stores[i]);
            if (message.tasks != null && message.tasks.length)
                for (let i = 0; i < message.tasks.length; ++i)
                    writer.uint32(42).string(message.tasks[i]);
            if (message.active != null && message.active.length)
                for (let i = 0; i < message.active.length; ++i)
                    writer.uint32(50).string(message.active[i]);
            if (message.peerPort != null && $Object.hasOwnProperty.call(message, "peerPort") && message.peerPort !== 0)
                writer.uint32(56).uint32(message.peerPort);
            if (message.boot != null && $Object.hasOwnProperty.call(message, "boot") && message.boot !== "")
                writer.uint32(66).string(message.boot);
            if (message.held != null && message.held.length)
                for (let i = 0; i < message.held.length; ++i)
                    $root.sluice.HeldTask.encode(message.held[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.network != null && $Object.hasOwnProperty.call(message, "network") && message.network !== "")
                writer.uint32(82).string(message.network);
            if (message.reads != null && message.reads.length)
                for (let i = 0; i < message.reads.length; ++i)
                    writer.uint32(90).string(message.reads[i]);
            if (message.transactionalId != null && $Object.hasOwnProperty.call(message, "transactionalId") && message.transactionalId !== "")
                writer.uint32(98).string(message.transactionalId);
            if (message.keeps != null && message.keeps.length)
                for (let i = 0; i < message.keeps.length; ++i)
                    writer.uint32(106).string(message.keeps[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        MemberInfo.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.MemberInfo();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.instance = value;
                        else
                            delete message.instance;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.host = value;
                        else
                            delete message.host;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.port = value;
                        else
                            delete message.port;
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.stores && message.stores.length))
                            message.stores = [];
                        message.stores.push(reader.stringVerify());
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.tasks && message.tasks.length))
                            message.tasks = [];
                        message.tasks.push(reader.stringVerify());
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if (!(message.active && message.active.length))
                            message.active = [];
                        message.active.push(reader.stringVerify());
                        continue;
                    }
                case 7: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.peerPort = value;
                        else
                            delete message.peerPort;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.boot = value;
                        else
                            delete message.boot;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.held && message.held.length))
                            message.held = [];
                        message.held.push($root.sluice.HeldTask.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.network = value;
                        else
                            delete message.network;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if (!(message.reads && message.reads.length))
                            message.reads = [];
                        message.reads.push(reader.stringVerify());
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.transactionalId = value;
                        else
                            delete message.transactionalId;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if (!(message.keeps && message.keeps.length))
                            message.keeps = [];
                        message.keeps.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        MemberInfo.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.MemberInfo)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.MemberInfo: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.MemberInfo();
            if (object.instance != null)
                if (typeof object.instance !== "string" || object.instance.length)
                    message.instance = $String(object.instance);
            if (object.host != null)
                if (typeof object.host !== "string" || object.host.length)
                    message.host = $String(object.host);
            if (object.port != null)
                if ($Number(object.port) !== 0)
                    message.port = object.port >>> 0;
            if (object.stores) {
                if (!$Array.isArray(object.stores))
                    throw $TypeError(".sluice.MemberInfo.stores: array expected");
                message.stores = $Array(object.stores.length);
                for (let i = 0; i < object.stores.length; ++i)
                    message.stores[i] = $String(object.stores[i]);
            }
            if (object.tasks) {
                if (!$Array.isArray(object.tasks))
                    throw $TypeError(".sluice.MemberInfo.tasks: array expected");
                message.tasks = $Array(object.tasks.length);
                for (let i = 0; i < object.tasks.length; ++i)
                    message.tasks[i] = $String(object.tasks[i]);
            }
            if (object.active) {
                if (!$Array.isArray(object.active))
                    throw $TypeError(".sluice.MemberInfo.active: array expected");
                message.active = $Array(object.active.length);
                for (let i = 0; i < object.active.length; ++i)
                    message.active[i] = $String(object.active[i]);
            }
            if (object.peerPort != null)
                if ($Number(object.peerPort) !== 0)
                    message.peerPort = object.peerPort >>> 0;
            if (object.boot != null)
                if (typeof object.boot !== "string" || object.boot.length)
                    message.boot = $String(object.boot);
            if (object.held) {
                if (!$Array.isArray(object.held))
                    throw $TypeError(".sluice.MemberInfo.held: array expected");
                message.held = $Array(object.held.length);
                for (let i = 0; i < object.held.length; ++i) {
                    if (!$util.isObject(object.held[i]))
                        throw $TypeError(".sluice.MemberInfo.held: object expected");
                    message.held[i] = $root.sluice.HeldTask.fromObject(object.held[i], _depth + 1);
                }
            }
            if (object.network != null)
                if (typeof object.network !== "string" || object.network.length)
                    message.network = $String(object.network);
            if (object.reads) {
                if (!$Array.isArray(object.reads))
                    throw $TypeError(".sluice.MemberInfo.reads: array expected");
                message.reads = $Array(object.reads.length);
                for (let i = 0; i < object.reads.length; ++i)
                    message.reads[i] = $String(object.reads[i]);
            }
            if (object.transactionalId != null)
                if (typeof object.transactionalId !== "string" || object.transactionalId.length)
                    message.transactionalId = $String(object.transactionalId);
            if (object.keeps) {
                if (!$Array.isArray(object.keeps))
                    throw $TypeError(".sluice.MemberInfo.keeps: array expected");
                message.keeps = $Array(object.keeps.length);
                for (let i = 0; i < object.keeps.length; ++i)
                    message.keeps[i] = $String(object.keeps[i]);
            }
            return message;
        };

        MemberInfo.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.stores = [];
                object.tasks = [];
                object.active = [];
                object.held = [];
                object.reads = [];
                object.keeps = [];
            }
            if (options.defaults) {
                object.instance = "";
                object.host = "";
                object.port = 0;
                object.peerPort = 0;
                object.boot = "";
                object.network = "";
                object.transactionalId = "";
            }
            if (message.instance != null && $Object.hasOwnProperty.call(message, "instance"))
                object.instance = message.instance;
            if (message.host != null && $Object.hasOwnProperty.call(message, "host"))
                object.host = message.host;
            if (message.port != null && $Object.hasOwnProperty.call(message, "port"))
                object.port = message.port;
            if (message.stores && message.stores.length) {
                object.stores = $Array(message.stores.length);
                for (let j = 0; j < message.stores.length; ++j)
                    object.stores[j] = message.stores[j];
            }
            if (message.tasks && message.tasks.length) {
                object.tasks = $Array(message.tasks.length);
                for (let j = 0; j < message.tasks.length; ++j)
                    object.tasks[j] = message.tasks[j];
            }
            if (message.active && message.active.length) {
                object.active = $Array(message.active.length);
                for (let j = 0; j < message.active.length; ++j)
                    object.active[j] = message.active[j];
            }
            if (message.peerPort != null && $Object.hasOwnProperty.call(message, "peerPort"))
                object.peerPort = message.peerPort;
            if (message.boot != null && $Object.hasOwnProperty.call(message, "boot"))
                object.boot = message.boot;
            if (message.held && message.held.length) {
                object.held = $Array(message.held.length);
                for (let j = 0; j < message.held.length; ++j)
                    object.held[j] = $root.sluice.HeldTask.toObject(message.held[j], options, _depth + 1);
            }
            if (message.network != null && $Object.hasOwnProperty.call(message, "network"))
                object.network = message.network;
            if (message.reads && message.reads.length) {
                object.reads = $Array(message.reads.length);
                for (let j = 0; j < message.reads.length; ++j)
                    object.reads[j] = message.reads[j];
            }
            if (message.transactionalId != null && $Object.hasOwnProperty.call(message, "transactionalId"))
                object.transactionalId = message.transactionalId;
            if (message.keeps && message.keeps.length) {
                object.keeps = $Array(message.keeps.length);
                for (let j = 0; j < message.keeps.length; ++j)
                    object.keeps[j] = message.keeps[j];
            }
            return object;
        };

        MemberInfo.prototype.toJSON = function() {
            return MemberInfo.toObject(this, $protobuf.util.toJSONOptions);
        };

        MemberInfo.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.MemberInfo";
        };

        return MemberInfo;
    })();

    sluice.HeldTask = (function() {

        const HeldTask = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HeldTask.prototype.task = "";
        HeldTask.prototype.position = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        HeldTask.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.task != null && $Object.hasOwnProperty.call(message, "task") && message.task !== "")
                writer.uint32(10).string(message.task);
            if (message.position != null && $Object.hasOwnProperty.call(message, "position") && (typeof message.position === "object" ? message.position.low || message.position.high : message.position !== 0))
                writer.uint32(16).uint64(message.position);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HeldTask.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.HeldTask();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.task = value;
                        else
                            delete message.task;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.position = value;
                        else
                            delete message.position;
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        HeldTask.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.HeldTask)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.HeldTask: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.HeldTask();
            if (object.task != null)
                if (typeof object.task !== "string" || object.task.length)
                    message.task = $String(object.task);
            if (object.position != null)
                if (typeof object.position === "object" ? object.position.low || object.position.high : $Number(object.position) !== 0)
                    if ($util.Long)
                        message.position = $util.Long.fromValue(object.position, true);
                    else if (typeof object.position === "string")
                        message.position = $parseInt(object.position, 10);
                    else if (typeof object.position === "number")
                        message.position = object.position;
                    else if (typeof object.position === "object")
                        message.position = new $util.LongBits(object.position.low >>> 0, object.position.high >>> 0).toNumber(true);
            return message;
        };

        HeldTask.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.task = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.position = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.position = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.task != null && $Object.hasOwnProperty.call(message, "task"))
                object.task = message.task;
            if (message.position != null && $Object.hasOwnProperty.call(message, "position"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.position = typeof message.position === "number" ? $BigInt(message.position) : $util.Long.fromBits(message.position.low >>> 0, message.position.high >>> 0, true).toBigInt();
                else if (typeof message.position === "number")
                    object.position = options.longs === $String ? $String(message.position) : message.position;
                else
                    object.position = options.longs === $String ? $util.Long.prototype.toString.call(message.position) : options.longs === $Number ? new $util.LongBits(message.position.low >>> 0, message.position.high >>> 0).toNumber(true) : message.position;
            return object;
        };

        HeldTask.prototype.toJSON = function() {
            return HeldTask.toObject(this, $protobuf.util.toJSONOptions);
        };

        HeldTask.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.HeldTask";
        };

        return HeldTask;
    })();

    sluice.AssignedStandbys = (function() {

        const AssignedStandbys = function (properties) {
            this.tasks = [];
            this.transactionalIds = [];
            this.subTopologies = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        AssignedStandbys.prototype.tasks = $util.emptyArray;
        AssignedStandbys.prototype.refused = "";
        AssignedStandbys.prototype.transactionalIds = $util.emptyArray;
        AssignedStandbys.prototype.subTopologies = $util.emptyArray;

        AssignedStandbys.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.tasks != null && message.tasks.length)
                for (let i = 0; i < message.tasks.length; ++i)
                    writer.uint32(10).string(message.tasks[i]);
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused") && message.refused !== "")
                writer.uint32(18).string(message.refused);
            if (message.transactionalIds != null && message.transactionalIds.length)
                for (let i = 0; i < message.transactionalIds.length; ++i)
                    writer.uint32(26).string(message.transactionalIds[i]);
            if (message.subTopologies != null && message.subTopologies.length)
                for (let i = 0; i < message.subTopologies.length; ++i)
                    $root.sluice.SubTopologyRun.encode(message.subTopologies[i], writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        AssignedStandbys.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.AssignedStandbys();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if (!(message.tasks && message.tasks.length))
                            message.tasks = [];
                        message.tasks.push(reader.stringVerify());
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.refused = value;
                        else
                            delete message.refused;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.transactionalIds && message.transactionalIds.length))
                            message.transactionalIds = [];
                        message.transactionalIds.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.subTopologies && message.subTopologies.length))
                            message.subTopologies = [];
                        message.subTopologies.push($root.sluice.SubTopologyRun.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        AssignedStandbys.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.AssignedStandbys)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.AssignedStandbys: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.AssignedStandbys();
            if (object.tasks) {
                if (!$Array.isArray(object.tasks))
                    throw $TypeError(".sluice.AssignedStandbys.tasks: array expected");
                message.tasks = $Array(object.tasks.length);
                for (let i = 0; i < object.tasks.length; ++i)
                    message.tasks[i] = $String(object.tasks[i]);
            }
            if (object.refused != null)
                if (typeof object.refused !== "string" || object.refused.length)
                    message.refused = $String(object.refused);
            if (object.transactionalIds) {
                if (!$Array.isArray(object.transactionalIds))
                    throw $TypeError(".sluice.AssignedStandbys.transactionalIds: array expected");
                message.transactionalIds = $Array(object.transactionalIds.length);
                for (let i = 0; i < object.transactionalIds.length; ++i)
                    message.transactionalIds[i] = $String(object.transactionalIds[i]);
            }
            if (object.subTopologies) {
                if (!$Array.isArray(object.subTopologies))
                    throw $TypeError(".sluice.AssignedStandbys.subTopologies: array expected");
                message.subTopologies = $Array(object.subTopologies.length);
                for (let i = 0; i < object.subTopologies.length; ++i) {
                    if (!$util.isObject(object.subTopologies[i]))
                        throw $TypeError(".sluice.AssignedStandbys.subTopologies: object expected");
                    message.subTopologies[i] = $root.sluice.SubTopologyRun.fromObject(object.subTopologies[i], _depth + 1);
                }
            }
            return message;
        };

        AssignedStandbys.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.tasks = [];
                object.transactionalIds = [];
                object.subTopologies = [];
            }
            if (options.defaults)
                object.refused = "";
            if (message.tasks && message.tasks.length) {
                object.tasks = $Array(message.tasks.length);
                for (let j = 0; j < message.tasks.length; ++j)
                    object.tasks[j] = message.tasks[j];
            }
            if (message.refused != null && $Object.hasOwnProperty.call(message, "refused"))
                object.refused = message.refused;
            if (message.transactionalIds && message.transactionalIds.length) {
                object.transactionalIds = $Array(message.transactionalIds.length);
                for (let j = 0; j < message.transactionalIds.length; ++j)
                    object.transactionalIds[j] = message.transactionalIds[j];
            }
            if (message.subTopologies && message.subTopologies.length) {
                object.subTopologies = $Array(message.subTopologies.length);
                for (let j = 0; j < message.subTopologies.length; ++j)
                    object.subTopologies[j] = $root.sluice.SubTopologyRun.toObject(message.subTopologies[j], options, _depth + 1);
            }
            return object;
        };

        AssignedStandbys.prototype.toJSON = function() {
            return AssignedStandbys.toObject(this, $protobuf.util.toJSONOptions);
        };

        AssignedStandbys.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.AssignedStandbys";
        };

        return AssignedStandbys;
    })();

    sluice.SubTopologyRun = (function() {

        const SubTopologyRun = function (properties) {
            this.instances = [];
            this.waitsFor = [];
            this.unknown = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SubTopologyRun.prototype.reads = "";
        SubTopologyRun.prototype.instances = $util.emptyArray;
        SubTopologyRun.prototype.waitsFor = $util.emptyArray;
        SubTopologyRun.prototype.unknown = $util.emptyArray;

        SubTopologyRun.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.reads != null && $Object.hasOwnProperty.call(message, "reads") && message.reads !== "")
                writer.uint32(10).string(message.reads);
            if (message.instances != null && message.instances.length)
                for (let i = 0; i < message.instances.length; ++i)
                    writer.uint32(18).string(message.instances[i]);
            if (message.waitsFor != null && message.waitsFor.length)
                for (let i = 0; i < message.waitsFor.length; ++i)
                    writer.uint32(26).string(message.waitsFor[i]);
            if (message.unknown != null && message.unknown.length)
                for (let i = 0; i < message.unknown.length; ++i)
                    writer.uint32(34).string(message.unknown[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SubTopologyRun.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message, value;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.SubTopologyRun();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                let wireType = tag & 7;
                switch (tag >>>= 3) {
                case 1: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reads = value;
                        else
                            delete message.reads;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.instances && message.instances.length))
                            message.instances = [];
                        message.instances.push(reader.stringVerify());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.waitsFor && message.waitsFor.length))
                            message.waitsFor = [];
                        message.waitsFor.push(reader.stringVerify());
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        if (!(message.unknown && message.unknown.length))
                            message.unknown = [];
                        message.unknown.push(reader.stringVerify());
                        continue;
                    }
                }
                reader.skipType(wireType, _depth, tag);
                if (!reader.discardUnknown) {
                    $util.makeProp(message, "$unknowns", false);
                    (message.$unknowns || (message.$unknowns = [])).push(reader.raw(start, reader.pos));
                }
            }
            if (length !== $undefined) {
                if (reader.pos !== end)
                    throw $RangeError("index out of range");
                reader.len = length;
            }
            if (_end !== $undefined)
                throw $Error("missing end group");
            return message;
        };

        SubTopologyRun.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.SubTopologyRun)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.SubTopologyRun: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.SubTopologyRun();
            if (object.reads != null)
                if (typeof object.reads !== "string" || object.reads.length)
                    message.reads = $String(object.reads);
            if (object.instances) {
                if (!$Array.isArray(object.instances))
                    throw $TypeError(".sluice.SubTopologyRun.instances: array expected");
                message.instances = $Array(object.instances.length);
                for (let i = 0; i < object.instances.length; ++i)
                    message.instances[i] = $String(object.instances[i]);
            }
            if (object.waitsFor) {
                if (!$Array.isArray(object.waitsFor))
                    throw $TypeError(".sluice.SubTopologyRun.waitsFor: array expected");
                message.waitsFor = $Array(object.waitsFor.length);
                for (let i = 0; i < object.waitsFor.length; ++i)
                    message.waitsFor[i] = $String(object.waitsFor[i]);
            }
            if (object.unknown) {
                if (!$Array.isArray(object.unknown))
                    throw $TypeError(".sluice.SubTopologyRun.unknown: array expected");
                message.unknown = $Array(object.unknown.length);
                for (let i = 0; i < object.unknown.length; ++i)
                    message.unknown[i] = $String(object.unknown[i]);
            }
            return message;
        };

        SubTopologyRun.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.instances = [];
                object.waitsFor = [];
                object.unknown = [];
            }
            if (options.defaults)
                object.reads = "";
            if (message.reads != null && $Object.hasOwnProperty.call(message, "reads"))
                object.reads = message.reads;
            if (message.instances && message.instances.length) {
                object.instances = $Array(message.instances.length);
                for (let j = 0; j < message.instances.length; ++j)
                    object.instances[j] = message.instances[j];
            }
            if (message.waitsFor && message.waitsFor.length) {
                object.waitsFor = $Array(message.waitsFor.length);
                for (let j = 0; j < message.waitsFor.length; ++j)
                    object.waitsFor[j] = message.waitsFor[j];
            }
            if (message.unknown && message.unknown.length) {
                object.unknown = $Array(message.unknown.length);
                for (let j = 0; j < message.unknown.length; ++j)
                    object.unknown[j] = message.unknown[j];
            }
            return object;
        };

        SubTopologyRun.prototype.toJSON = function() {
            return SubTopologyRun.toObject(this, $protobuf.util.toJSONOptions);
        };

        SubTopologyRun.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.SubTopologyRun";
        };

        return SubTopologyRun;
    })();

    return sluice;
})();

export {
  $root as default
};
