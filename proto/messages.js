/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $isFinite = $util.global.isFinite, $String = $util.global.String, $Array = $util.global.Array, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt, $Boolean = $util.global.Boolean;

const $root = $protobuf.roots["sluice"] || ($protobuf.roots["sluice"] = {});

export const sluice = $root.sluice = (() => {

    const sluice = {};

    sluice.SensorData = (function() {

        const SensorData = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SensorData.prototype.sensorID = 0;
        SensorData.prototype.temperature = 0;

        SensorData.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID") && message.sensorID !== 0)
                writer.uint32(8).int32(message.sensorID);
            if (message.temperature != null && $Object.hasOwnProperty.call(message, "temperature") && !$Object.is(message.temperature, 0))
                writer.uint32(17).double(message.temperature);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SensorData.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.SensorData();
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
                            message.sensorID = value;
                        else
                            delete message.sensorID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.temperature = value;
                        else
                            delete message.temperature;
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

        SensorData.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.SensorData)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.SensorData: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.SensorData();
            if (object.sensorID != null)
                if ($Number(object.sensorID) !== 0)
                    message.sensorID = object.sensorID | 0;
            if (object.temperature != null)
                if (!$Object.is($Number(object.temperature), 0))
                    message.temperature = $Number(object.temperature);
            return message;
        };

        SensorData.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.sensorID = 0;
                object.temperature = 0;
            }
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID"))
                object.sensorID = message.sensorID;
            if (message.temperature != null && $Object.hasOwnProperty.call(message, "temperature"))
                object.temperature = options.json && !$isFinite(message.temperature) ? $String(message.temperature) : message.temperature;
            return object;
        };

        SensorData.prototype.toJSON = function() {
            return SensorData.toObject(this, $protobuf.util.toJSONOptions);
        };

        SensorData.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.SensorData";
        };

        return SensorData;
    })();

    sluice.TemperatureControl = (function() {

        const TemperatureControl = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        TemperatureControl.prototype.sensorID = 0;
        TemperatureControl.prototype.desired = 0;
        TemperatureControl.prototype.upDelta = 0;
        TemperatureControl.prototype.downDelta = 0;

        TemperatureControl.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID") && message.sensorID !== 0)
                writer.uint32(8).int32(message.sensorID);
            if (message.desired != null && $Object.hasOwnProperty.call(message, "desired") && !$Object.is(message.desired, 0))
                writer.uint32(17).double(message.desired);
            if (message.upDelta != null && $Object.hasOwnProperty.call(message, "upDelta") && !$Object.is(message.upDelta, 0))
                writer.uint32(25).double(message.upDelta);
            if (message.downDelta != null && $Object.hasOwnProperty.call(message, "downDelta") && !$Object.is(message.downDelta, 0))
                writer.uint32(33).double(message.downDelta);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        TemperatureControl.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.TemperatureControl();
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
                            message.sensorID = value;
                        else
                            delete message.sensorID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.desired = value;
                        else
                            delete message.desired;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.upDelta = value;
                        else
                            delete message.upDelta;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.downDelta = value;
                        else
                            delete message.downDelta;
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

        TemperatureControl.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.TemperatureControl)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.TemperatureControl: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.TemperatureControl();
            if (object.sensorID != null)
                if ($Number(object.sensorID) !== 0)
                    message.sensorID = object.sensorID | 0;
            if (object.desired != null)
                if (!$Object.is($Number(object.desired), 0))
                    message.desired = $Number(object.desired);
            if (object.upDelta != null)
                if (!$Object.is($Number(object.upDelta), 0))
                    message.upDelta = $Number(object.upDelta);
            if (object.downDelta != null)
                if (!$Object.is($Number(object.downDelta), 0))
                    message.downDelta = $Number(object.downDelta);
            return message;
        };

        TemperatureControl.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.sensorID = 0;
                object.desired = 0;
                object.upDelta = 0;
                object.downDelta = 0;
            }
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID"))
                object.sensorID = message.sensorID;
            if (message.desired != null && $Object.hasOwnProperty.call(message, "desired"))
                object.desired = options.json && !$isFinite(message.desired) ? $String(message.desired) : message.desired;
            if (message.upDelta != null && $Object.hasOwnProperty.call(message, "upDelta"))
                object.upDelta = options.json && !$isFinite(message.upDelta) ? $String(message.upDelta) : message.upDelta;
            if (message.downDelta != null && $Object.hasOwnProperty.call(message, "downDelta"))
                object.downDelta = options.json && !$isFinite(message.downDelta) ? $String(message.downDelta) : message.downDelta;
            return object;
        };

        TemperatureControl.prototype.toJSON = function() {
            return TemperatureControl.toObject(this, $protobuf.util.toJSONOptions);
        };

        TemperatureControl.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.TemperatureControl";
        };

        return TemperatureControl;
    })();

    sluice.HeaterCommand = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "On"] = 0;
        values[valuesById[1] = "Off"] = 1;
        return values;
    })();

    sluice.HeaterControl = (function() {

        const HeaterControl = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        HeaterControl.prototype.sensorID = 0;
        HeaterControl.prototype.command = 0;

        HeaterControl.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID") && message.sensorID !== 0)
                writer.uint32(8).int32(message.sensorID);
            if (message.command != null && $Object.hasOwnProperty.call(message, "command") && message.command !== 0)
                writer.uint32(16).int32(message.command);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        HeaterControl.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.HeaterControl();
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
                            message.sensorID = value;
                        else
                            delete message.sensorID;
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.command = value;
                        else
                            delete message.command;
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

        HeaterControl.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.HeaterControl)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.HeaterControl: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.HeaterControl();
            if (object.sensorID != null)
                if ($Number(object.sensorID) !== 0)
                    message.sensorID = object.sensorID | 0;
            if (object.command !== 0 && (typeof object.command !== "string" || $root.sluice.HeaterCommand[object.command] !== 0))
                switch (object.command) {
                case "On":
                case 0:
                    message.command = 0;
                    break;
                case "Off":
                case 1:
                    message.command = 1;
                    break;
                default:
                    if (typeof object.command === "number" && (object.command | 0) === object.command)
                        message.command = object.command;
                }
            return message;
        };

        HeaterControl.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.sensorID = 0;
                object.command = options.enums === $String ? "On" : 0;
            }
            if (message.sensorID != null && $Object.hasOwnProperty.call(message, "sensorID"))
                object.sensorID = message.sensorID;
            if (message.command != null && $Object.hasOwnProperty.call(message, "command"))
                object.command = options.enums === $String ? $root.sluice.HeaterCommand[message.command] === $undefined ? message.command : $root.sluice.HeaterCommand[message.command] : message.command;
            return object;
        };

        HeaterControl.prototype.toJSON = function() {
            return HeaterControl.toObject(this, $protobuf.util.toJSONOptions);
        };

        HeaterControl.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.HeaterControl";
        };

        return HeaterControl;
    })();

    sluice.ModelDescriptor = (function() {

        const ModelDescriptor = function (properties) {
            this.golden = [];
            this.metrics = {};
            this.parameters = {};
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelDescriptor.prototype.name = "";
        ModelDescriptor.prototype.description = "";
        ModelDescriptor.prototype.dataType = "";
        ModelDescriptor.prototype.modeltype = 0;
        ModelDescriptor.prototype.data = null;
        ModelDescriptor.prototype.location = null;
        ModelDescriptor.prototype.sha256 = $util.newBuffer([]);
        ModelDescriptor.prototype.output = "";
        ModelDescriptor.prototype.golden = $util.emptyArray;
        ModelDescriptor.prototype.piece = null;
        ModelDescriptor.prototype.pieces = 0;
        ModelDescriptor.prototype.control = null;
        ModelDescriptor.prototype.role = null;
        ModelDescriptor.prototype.effectiveFrom = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelDescriptor.prototype.publishedBy = "";
        ModelDescriptor.prototype.created = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelDescriptor.prototype.metrics = $util.emptyObject;
        ModelDescriptor.prototype.parameters = $util.emptyObject;
        ModelDescriptor.prototype.signature = $util.newBuffer([]);
        ModelDescriptor.prototype.after = "";

        let $oneOfFields;

        $Object.defineProperty(ModelDescriptor.prototype, "MessageContent", {
            get: $util.oneOfGetter($oneOfFields = ["data", "location"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ModelDescriptor.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.description != null && $Object.hasOwnProperty.call(message, "description") && message.description !== "")
                writer.uint32(18).string(message.description);
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(26).string(message.dataType);
            if (message.modeltype != null && $Object.hasOwnProperty.call(message, "modeltype") && message.modeltype !== 0)
                writer.uint32(32).int32(message.modeltype);
            if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                writer.uint32(42).bytes(message.data);
            if (message.location != null && $Object.hasOwnProperty.call(message, "location"))
                writer.uint32(50).string(message.location);
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(82).bytes(message.sha256);
            if (message.output != null && $Object.hasOwnProperty.call(message, "output") && message.output !== "")
                writer.uint32(90).string(message.output);
            if (message.golden != null && message.golden.length)
                for (let i = 0; i < message.golden.length; ++i)
                    $root.sluice.GoldenRecord.encode(message.golden[i], writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.piece != null && $Object.hasOwnProperty.call(message, "piece"))
                $root.sluice.ModelPiece.encode(message.piece, writer.uint32(106).fork(), _depth + 1).ldelim();
            if (message.pieces != null && $Object.hasOwnProperty.call(message, "pieces") && message.pieces !== 0)
                writer.uint32(112).uint32(message.pieces);
            if (message.control != null && $Object.hasOwnProperty.call(message, "control"))
                $root.sluice.ModelControl.encode(message.control, writer.uint32(122).fork(), _depth + 1).ldelim();
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                $root.sluice.RoleAt.encode(message.role, writer.uint32(130).fork(), _depth + 1).ldelim();
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom") && (typeof message.effectiveFrom === "object" ? message.effectiveFrom.low || message.effectiveFrom.high : message.effectiveFrom !== 0))
                writer.uint32(136).int64(message.effectiveFrom);
            if (message.publishedBy != null && $Object.hasOwnProperty.call(message, "publishedBy") && message.publishedBy !== "")
                writer.uint32(146).string(message.publishedBy);
            if (message.created != null && $Object.hasOwnProperty.call(message, "created") && (typeof message.created === "object" ? message.created.low || message.created.high : message.created !== 0))
                writer.uint32(152).int64(message.created);
            if (message.metrics != null && $Object.hasOwnProperty.call(message, "metrics"))
                for (let keys = $Object.keys(message.metrics), i = 0; i < keys.length; ++i)
                    writer.uint32(162).fork().uint32(10).string(keys[i]).uint32(17).double(message.metrics[keys[i]]).ldelim();
            if (message.parameters != null && $Object.hasOwnProperty.call(message, "parameters"))
                for (let keys = $Object.keys(message.parameters), i = 0; i < keys.length; ++i)
                    writer.uint32(170).fork().uint32(10).string(keys[i]).uint32(18).string(message.parameters[keys[i]]).ldelim();
            if (message.signature != null && $Object.hasOwnProperty.call(message, "signature") && message.signature.length)
                writer.uint32(178).bytes(message.signature);
            if (message.after != null && $Object.hasOwnProperty.call(message, "after") && message.after !== "")
                writer.uint32(242).string(message.after);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelDescriptor.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.ModelDescriptor();
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
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.description = value;
                        else
                            delete message.description;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataType = value;
                        else
                            delete message.dataType;
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
                        message.data = reader.bytes();
                        message.MessageContent = "data";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.location = reader.stringVerify();
                        message.MessageContent = "location";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.sha256 = value;
                        else
                            delete message.sha256;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.output = value;
                        else
                            delete message.output;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if (!(message.golden && message.golden.length))
                            message.golden = [];
                        message.golden.push($root.sluice.GoldenRecord.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        message.piece = $root.sluice.ModelPiece.decode(reader, reader.size(), $undefined, _depth + 1, message.piece);
                        continue;
                    }
                case 14: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.pieces = value;
                        else
                            delete message.pieces;
                        continue;
                    }
                case 15: {
                        if (wireType !== 2)
                            break;
                        message.control = $root.sluice.ModelControl.decode(reader, reader.size(), $undefined, _depth + 1, message.control);
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        message.role = $root.sluice.RoleAt.decode(reader, reader.size(), $undefined, _depth + 1, message.role);
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.effectiveFrom = value;
                        else
                            delete message.effectiveFrom;
                        continue;
                    }
                case 18: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.publishedBy = value;
                        else
                            delete message.publishedBy;
                        continue;
                    }
                case 19: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.created = value;
                        else
                            delete message.created;
                        continue;
                    }
                case 20: {
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
                case 21: {
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
                case 22: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.signature = value;
                        else
                            delete message.signature;
                        continue;
                    }
                case 30: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.after = value;
                        else
                            delete message.after;
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

        ModelDescriptor.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelDescriptor)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelDescriptor: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelDescriptor();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.description != null)
                if (typeof object.description !== "string" || object.description.length)
                    message.description = $String(object.description);
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            if (object.modeltype !== 0 && (typeof object.modeltype !== "string" || $root.sluice.ModelDescriptor.ModelType[object.modeltype] !== 0))
                switch (object.modeltype) {
                case "TENSORFLOW":
                case 0:
                    message.modeltype = 0;
                    break;
                case "TENSORFLOWSAVED":
                case 1:
                    message.modeltype = 1;
                    break;
                case "PMML":
                case 2:
                    message.modeltype = 2;
                    break;
                case "ONNX":
                case 3:
                    message.modeltype = 3;
                    break;
                case "SERVICE":
                case 4:
                    message.modeltype = 4;
                    break;
                case "MODULE":
                case 5:
                    message.modeltype = 5;
                    break;
                default:
                    if (typeof object.modeltype === "number" && (object.modeltype | 0) === object.modeltype)
                        message.modeltype = object.modeltype;
                }
            if (object.data != null)
                if (typeof object.data === "string")
                    $util.base64.decode(object.data, message.data = $util.newBuffer($util.base64.length(object.data)), 0);
                else if (object.data.length >= 0)
                    message.data = object.data;
            if (object.location != null)
                message.location = $String(object.location);
            if (object.sha256 != null)
                if (object.sha256.length)
                    if (typeof object.sha256 === "string")
                        $util.base64.decode(object.sha256, message.sha256 = $util.newBuffer($util.base64.length(object.sha256)), 0);
                    else if (object.sha256.length >= 0)
                        message.sha256 = object.sha256;
            if (object.output != null)
                if (typeof object.output !== "string" || object.output.length)
                    message.output = $String(object.output);
            if (object.golden) {
                if (!$Array.isArray(object.golden))
                    throw $TypeError(".sluice.ModelDescriptor.golden: array expected");
                message.golden = $Array(object.golden.length);
                for (let i = 0; i < object.golden.length; ++i) {
                    if (!$util.isObject(object.golden[i]))
                        throw $TypeError(".sluice.ModelDescriptor.golden: object expected");
                    message.golden[i] = $root.sluice.GoldenRecord.fromObject(object.golden[i], _depth + 1);
                }
            }
            if (object.piece != null) {
                if (!$util.isObject(object.piece))
                    throw $TypeError(".sluice.ModelDescriptor.piece: object expected");
                message.piece = $root.sluice.ModelPiece.fromObject(object.piece, _depth + 1);
            }
            if (object.pieces != null)
                if ($Number(object.pieces) !== 0)
                    message.pieces = object.pieces >>> 0;
            if (object.control != null) {
                if (!$util.isObject(object.control))
                    throw $TypeError(".sluice.ModelDescriptor.control: object expected");
                message.control = $root.sluice.ModelControl.fromObject(object.control, _depth + 1);
            }
            if (object.role != null) {
                if (!$util.isObject(object.role))
                    throw $TypeError(".sluice.ModelDescriptor.role: object expected");
                message.role = $root.sluice.RoleAt.fromObject(object.role, _depth + 1);
            }
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
                    throw $TypeError(".sluice.ModelDescriptor.metrics: object expected");
                message.metrics = {};
                for (let keys = $Object.keys(object.metrics), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.metrics, keys[i]);
                    message.metrics[keys[i]] = $Number(object.metrics[keys[i]]);
                }
            }
            if (object.parameters) {
                if (!$util.isObject(object.parameters))
                    throw $TypeError(".sluice.ModelDescriptor.parameters: object expected");
                message.parameters = {};
                for (let keys = $Object.keys(object.parameters), i = 0; i < keys.length; ++i) {
                    if (keys[i] === "__proto__")
                        $util.makeProp(message.parameters, keys[i]);
                    message.parameters[keys[i]] = $String(object.parameters[keys[i]]);
                }
            }
            if (object.signature != null)
                if (object.signature.length)
                    if (typeof object.signature === "string")
                        $util.base64.decode(object.signature, message.signature = $util.newBuffer($util.base64.length(object.signature)), 0);
                    else if (object.signature.length >= 0)
                        message.signature = object.signature;
            if (object.after != null)
                if (typeof object.after !== "string" || object.after.length)
                    message.after = $String(object.after);
            return message;
        };

        ModelDescriptor.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.golden = [];
            if (options.objects || options.defaults) {
                object.metrics = {};
                object.parameters = {};
            }
            if (options.defaults) {
                object.name = "";
                object.description = "";
                object.dataType = "";
                object.modeltype = options.enums === $String ? "TENSORFLOW" : 0;
                if (options.bytes === $String)
                    object.sha256 = "";
                else {
                    object.sha256 = [];
                    if (options.bytes !== $Array)
                        object.sha256 = $util.newBuffer(object.sha256);
                }
                object.output = "";
                object.piece = null;
                object.pieces = 0;
                object.control = null;
                object.role = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.effectiveFrom = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.effectiveFrom = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.publishedBy = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.created = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.created = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.signature = "";
                else {
                    object.signature = [];
                    if (options.bytes !== $Array)
                        object.signature = $util.newBuffer(object.signature);
                }
                object.after = "";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.description != null && $Object.hasOwnProperty.call(message, "description"))
                object.description = message.description;
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            if (message.modeltype != null && $Object.hasOwnProperty.call(message, "modeltype"))
                object.modeltype = options.enums === $String ? $root.sluice.ModelDescriptor.ModelType[message.modeltype] === $undefined ? message.modeltype : $root.sluice.ModelDescriptor.ModelType[message.modeltype] : message.modeltype;
            if (message.data != null && $Object.hasOwnProperty.call(message, "data")) {
                object.data = options.bytes === $String ? $util.base64.encode(message.data, 0, message.data.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.data) : message.data;
                if (options.oneofs)
                    object.MessageContent = "data";
            }
            if (message.location != null && $Object.hasOwnProperty.call(message, "location")) {
                object.location = message.location;
                if (options.oneofs)
                    object.MessageContent = "location";
            }
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = options.bytes === $String ? $util.base64.encode(message.sha256, 0, message.sha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.sha256) : message.sha256;
            if (message.output != null && $Object.hasOwnProperty.call(message, "output"))
                object.output = message.output;
            if (message.golden && message.golden.length) {
                object.golden = $Array(message.golden.length);
                for (let j = 0; j < message.golden.length; ++j)
                    object.golden[j] = $root.sluice.GoldenRecord.toObject(message.golden[j], options, _depth + 1);
            }
            if (message.piece != null && $Object.hasOwnProperty.call(message, "piece"))
                object.piece = $root.sluice.ModelPiece.toObject(message.piece, options, _depth + 1);
            if (message.pieces != null && $Object.hasOwnProperty.call(message, "pieces"))
                object.pieces = message.pieces;
            if (message.control != null && $Object.hasOwnProperty.call(message, "control"))
                object.control = $root.sluice.ModelControl.toObject(message.control, options, _depth + 1);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = $root.sluice.RoleAt.toObject(message.role, options, _depth + 1);
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.effectiveFrom = typeof message.effectiveFrom === "number" ? $BigInt(message.effectiveFrom) : $util.Long.fromBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0, false).toBigInt();
                else if (typeof message.effectiveFrom === "number")
                    object.effectiveFrom = options.longs === $String ? $String(message.effectiveFrom) : message.effectiveFrom;
                else
                    object.effectiveFrom = options.longs === $String ? $util.Long.prototype.toString.call(message.effectiveFrom) : options.longs === $Number ? new $util.LongBits(message.effectiveFrom.low >>> 0, message.effectiveFrom.high >>> 0).toNumber() : message.effectiveFrom;
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
            if (message.signature != null && $Object.hasOwnProperty.call(message, "signature"))
                object.signature = options.bytes === $String ? $util.base64.encode(message.signature, 0, message.signature.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.signature) : message.signature;
            if (message.after != null && $Object.hasOwnProperty.call(message, "after"))
                object.after = message.after;
            return object;
        };

        ModelDescriptor.prototype.toJSON = function() {
            return ModelDescriptor.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelDescriptor.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelDescriptor";
        };

        ModelDescriptor.ModelType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "TENSORFLOW"] = 0;
            values[valuesById[1] = "TENSORFLOWSAVED"] = 1;
            values[valuesById[2] = "PMML"] = 2;
            values[valuesById[3] = "ONNX"] = 3;
            values[valuesById[4] = "SERVICE"] = 4;
            values[valuesById[5] = "MODULE"] = 5;
            return values;
        })();

        return ModelDescriptor;
    })();

    sluice.ModelRole = (function() {
        const valuesById = $Object.create(null), values = $Object.create(valuesById);
        values[valuesById[0] = "CHAMPION"] = 0;
        values[valuesById[1] = "CHALLENGER"] = 1;
        values[valuesById[2] = "SHADOW"] = 2;
        values[valuesById[3] = "FALLBACK"] = 3;
        values[valuesById[4] = "DECOY"] = 4;
        values[valuesById[5] = "RACER"] = 5;
        return values;
    })();

    sluice.RoleAt = (function() {

        const RoleAt = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RoleAt.prototype.role = 0;
        RoleAt.prototype.weight = 0;

        RoleAt.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                writer.uint32(8).int32(message.role);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(17).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RoleAt.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.RoleAt();
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

        RoleAt.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.RoleAt)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.RoleAt: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.RoleAt();
            if (object.role !== 0 && (typeof object.role !== "string" || $root.sluice.ModelRole[object.role] !== 0))
                switch (object.role) {
                case "CHAMPION":
                case 0:
                    message.role = 0;
                    break;
                case "CHALLENGER":
                case 1:
                    message.role = 1;
                    break;
                case "SHADOW":
                case 2:
                    message.role = 2;
                    break;
                case "FALLBACK":
                case 3:
                    message.role = 3;
                    break;
                case "DECOY":
                case 4:
                    message.role = 4;
                    break;
                case "RACER":
                case 5:
                    message.role = 5;
                    break;
                default:
                    if (typeof object.role === "number" && (object.role | 0) === object.role)
                        message.role = object.role;
                }
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        RoleAt.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.role = options.enums === $String ? "CHAMPION" : 0;
                object.weight = 0;
            }
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = options.enums === $String ? $root.sluice.ModelRole[message.role] === $undefined ? message.role : $root.sluice.ModelRole[message.role] : message.role;
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        RoleAt.prototype.toJSON = function() {
            return RoleAt.toObject(this, $protobuf.util.toJSONOptions);
        };

        RoleAt.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.RoleAt";
        };

        return RoleAt;
    })();

    sluice.VersionRef = (function() {

        const VersionRef = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        VersionRef.prototype.version = null;
        VersionRef.prototype.alias = null;

        let $oneOfFields;

        $Object.defineProperty(VersionRef.prototype, "by", {
            get: $util.oneOfGetter($oneOfFields = ["version", "alias"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        VersionRef.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                writer.uint32(8).uint64(message.version);
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias"))
                writer.uint32(18).string(message.alias);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        VersionRef.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.VersionRef();
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
                        message.version = reader.uint64();
                        message.by = "version";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.alias = reader.stringVerify();
                        message.by = "alias";
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

        VersionRef.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.VersionRef)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.VersionRef: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.VersionRef();
            if (object.version != null)
                if ($util.Long)
                    message.version = $util.Long.fromValue(object.version, true);
                else if (typeof object.version === "string")
                    message.version = $parseInt(object.version, 10);
                else if (typeof object.version === "number")
                    message.version = object.version;
                else if (typeof object.version === "object")
                    message.version = new $util.LongBits(object.version.low >>> 0, object.version.high >>> 0).toNumber(true);
            if (object.alias != null)
                message.alias = $String(object.alias);
            return message;
        };

        VersionRef.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.version != null && $Object.hasOwnProperty.call(message, "version")) {
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
                if (options.oneofs)
                    object.by = "version";
            }
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias")) {
                object.alias = message.alias;
                if (options.oneofs)
                    object.by = "alias";
            }
            return object;
        };

        VersionRef.prototype.toJSON = function() {
            return VersionRef.toObject(this, $protobuf.util.toJSONOptions);
        };

        VersionRef.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.VersionRef";
        };

        return VersionRef;
    })();

    sluice.ModelControl = (function() {

        const ModelControl = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelControl.prototype.setRole = null;
        ModelControl.prototype.promote = null;
        ModelControl.prototype.rollback = null;
        ModelControl.prototype.retire = null;
        ModelControl.prototype.setPolicy = null;
        ModelControl.prototype.alias = null;
        ModelControl.prototype.withdraw = null;
        ModelControl.prototype.cancel = null;
        ModelControl.prototype.expect = null;
        ModelControl.prototype.effectiveFrom = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ModelControl.prototype.who = "";
        ModelControl.prototype.reason = "";

        let $oneOfFields;

        $Object.defineProperty(ModelControl.prototype, "action", {
            get: $util.oneOfGetter($oneOfFields = ["setRole", "promote", "rollback", "retire", "setPolicy", "alias", "withdraw", "cancel"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        ModelControl.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.setRole != null && $Object.hasOwnProperty.call(message, "setRole"))
                $root.sluice.SetRole.encode(message.setRole, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.promote != null && $Object.hasOwnProperty.call(message, "promote"))
                $root.sluice.VersionRef.encode(message.promote, writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback"))
                $root.sluice.VersionRef.encode(message.rollback, writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.retire != null && $Object.hasOwnProperty.call(message, "retire"))
                $root.sluice.VersionRef.encode(message.retire, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.setPolicy != null && $Object.hasOwnProperty.call(message, "setPolicy"))
                $root.sluice.RoutingPolicy.encode(message.setPolicy, writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias"))
                $root.sluice.SetAlias.encode(message.alias, writer.uint32(50).fork(), _depth + 1).ldelim();
            if (message.withdraw != null && $Object.hasOwnProperty.call(message, "withdraw"))
                $root.sluice.Withdraw.encode(message.withdraw, writer.uint32(58).fork(), _depth + 1).ldelim();
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel"))
                $root.sluice.Cancel.encode(message.cancel, writer.uint32(66).fork(), _depth + 1).ldelim();
            if (message.expect != null && $Object.hasOwnProperty.call(message, "expect"))
                $root.sluice.Expected.encode(message.expect, writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.effectiveFrom != null && $Object.hasOwnProperty.call(message, "effectiveFrom") && (typeof message.effectiveFrom === "object" ? message.effectiveFrom.low || message.effectiveFrom.high : message.effectiveFrom !== 0))
                writer.uint32(88).int64(message.effectiveFrom);
            if (message.who != null && $Object.hasOwnProperty.call(message, "who") && message.who !== "")
                writer.uint32(98).string(message.who);
            if (message.reason != null && $Object.hasOwnProperty.call(message, "reason") && message.reason !== "")
                writer.uint32(106).string(message.reason);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelControl.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.ModelControl();
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
                        message.setRole = $root.sluice.SetRole.decode(reader, reader.size(), $undefined, _depth + 1, message.setRole);
                        message.action = "setRole";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.promote = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.promote);
                        message.action = "promote";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.rollback = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.rollback);
                        message.action = "rollback";
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.retire = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.retire);
                        message.action = "retire";
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        message.setPolicy = $root.sluice.RoutingPolicy.decode(reader, reader.size(), $undefined, _depth + 1, message.setPolicy);
                        message.action = "setPolicy";
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        message.alias = $root.sluice.SetAlias.decode(reader, reader.size(), $undefined, _depth + 1, message.alias);
                        message.action = "alias";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        message.withdraw = $root.sluice.Withdraw.decode(reader, reader.size(), $undefined, _depth + 1, message.withdraw);
                        message.action = "withdraw";
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        message.cancel = $root.sluice.Cancel.decode(reader, reader.size(), $undefined, _depth + 1, message.cancel);
                        message.action = "cancel";
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        message.expect = $root.sluice.Expected.decode(reader, reader.size(), $undefined, _depth + 1, message.expect);
                        continue;
                    }
                case 11: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.effectiveFrom = value;
                        else
                            delete message.effectiveFrom;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.who = value;
                        else
                            delete message.who;
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.reason = value;
                        else
                            delete message.reason;
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

        ModelControl.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelControl)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelControl: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelControl();
            if (object.setRole != null) {
                if (!$util.isObject(object.setRole))
                    throw $TypeError(".sluice.ModelControl.setRole: object expected");
                message.setRole = $root.sluice.SetRole.fromObject(object.setRole, _depth + 1);
            }
            if (object.promote != null) {
                if (!$util.isObject(object.promote))
                    throw $TypeError(".sluice.ModelControl.promote: object expected");
                message.promote = $root.sluice.VersionRef.fromObject(object.promote, _depth + 1);
            }
            if (object.rollback != null) {
                if (!$util.isObject(object.rollback))
                    throw $TypeError(".sluice.ModelControl.rollback: object expected");
                message.rollback = $root.sluice.VersionRef.fromObject(object.rollback, _depth + 1);
            }
            if (object.retire != null) {
                if (!$util.isObject(object.retire))
                    throw $TypeError(".sluice.ModelControl.retire: object expected");
                message.retire = $root.sluice.VersionRef.fromObject(object.retire, _depth + 1);
            }
            if (object.setPolicy != null) {
                if (!$util.isObject(object.setPolicy))
                    throw $TypeError(".sluice.ModelControl.setPolicy: object expected");
                message.setPolicy = $root.sluice.RoutingPolicy.fromObject(object.setPolicy, _depth + 1);
            }
            if (object.alias != null) {
                if (!$util.isObject(object.alias))
                    throw $TypeError(".sluice.ModelControl.alias: object expected");
                message.alias = $root.sluice.SetAlias.fromObject(object.alias, _depth + 1);
            }
            if (object.withdraw != null) {
                if (!$util.isObject(object.withdraw))
                    throw $TypeError(".sluice.ModelControl.withdraw: object expected");
                message.withdraw = $root.sluice.Withdraw.fromObject(object.withdraw, _depth + 1);
            }
            if (object.cancel != null) {
                if (!$util.isObject(object.cancel))
                    throw $TypeError(".sluice.ModelControl.cancel: object expected");
                message.cancel = $root.sluice.Cancel.fromObject(object.cancel, _depth + 1);
            }
            if (object.expect != null) {
                if (!$util.isObject(object.expect))
                    throw $TypeError(".sluice.ModelControl.expect: object expected");
                message.expect = $root.sluice.Expected.fromObject(object.expect, _depth + 1);
            }
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
            return message;
        };

        ModelControl.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.expect = null;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.effectiveFrom = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.effectiveFrom = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.who = "";
                object.reason = "";
            }
            if (message.setRole != null && $Object.hasOwnProperty.call(message, "setRole")) {
                object.setRole = $root.sluice.SetRole.toObject(message.setRole, options, _depth + 1);
                if (options.oneofs)
                    object.action = "setRole";
            }
            if (message.promote != null && $Object.hasOwnProperty.call(message, "promote")) {
                object.promote = $root.sluice.VersionRef.toObject(message.promote, options, _depth + 1);
                if (options.oneofs)
                    object.action = "promote";
            }
            if (message.rollback != null && $Object.hasOwnProperty.call(message, "rollback")) {
                object.rollback = $root.sluice.VersionRef.toObject(message.rollback, options, _depth + 1);
                if (options.oneofs)
                    object.action = "rollback";
            }
            if (message.retire != null && $Object.hasOwnProperty.call(message, "retire")) {
                object.retire = $root.sluice.VersionRef.toObject(message.retire, options, _depth + 1);
                if (options.oneofs)
                    object.action = "retire";
            }
            if (message.setPolicy != null && $Object.hasOwnProperty.call(message, "setPolicy")) {
                object.setPolicy = $root.sluice.RoutingPolicy.toObject(message.setPolicy, options, _depth + 1);
                if (options.oneofs)
                    object.action = "setPolicy";
            }
            if (message.alias != null && $Object.hasOwnProperty.call(message, "alias")) {
                object.alias = $root.sluice.SetAlias.toObject(message.alias, options, _depth + 1);
                if (options.oneofs)
                    object.action = "alias";
            }
            if (message.withdraw != null && $Object.hasOwnProperty.call(message, "withdraw")) {
                object.withdraw = $root.sluice.Withdraw.toObject(message.withdraw, options, _depth + 1);
                if (options.oneofs)
                    object.action = "withdraw";
            }
            if (message.cancel != null && $Object.hasOwnProperty.call(message, "cancel")) {
                object.cancel = $root.sluice.Cancel.toObject(message.cancel, options, _depth + 1);
                if (options.oneofs)
                    object.action = "cancel";
            }
            if (message.expect != null && $Object.hasOwnProperty.call(message, "expect"))
                object.expect = $root.sluice.Expected.toObject(message.expect, options, _depth + 1);
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
            return object;
        };

        ModelControl.prototype.toJSON = function() {
            return ModelControl.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelControl.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelControl";
        };

        return ModelControl;
    })();

    sluice.Expected = (function() {

        const Expected = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Expected.prototype.champion = null;
        Expected.prototype.policy = null;

        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Expected.prototype, "_champion", {
            get: $util.oneOfGetter($oneOfFields = ["champion"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Expected.prototype, "_policy", {
            get: $util.oneOfGetter($oneOfFields = ["policy"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Expected.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion"))
                writer.uint32(8).uint64(message.champion);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                writer.uint32(16).uint64(message.policy);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Expected.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.Expected();
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
                        message.champion = reader.uint64();
                        message._champion = "champion";
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        message.policy = reader.uint64();
                        message._policy = "policy";
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

        Expected.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Expected)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Expected: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Expected();
            if (object.champion != null)
                if ($util.Long)
                    message.champion = $util.Long.fromValue(object.champion, true);
                else if (typeof object.champion === "string")
                    message.champion = $parseInt(object.champion, 10);
                else if (typeof object.champion === "number")
                    message.champion = object.champion;
                else if (typeof object.champion === "object")
                    message.champion = new $util.LongBits(object.champion.low >>> 0, object.champion.high >>> 0).toNumber(true);
            if (object.policy != null)
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

        Expected.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.champion = typeof message.champion === "number" ? $BigInt(message.champion) : $util.Long.fromBits(message.champion.low >>> 0, message.champion.high >>> 0, true).toBigInt();
                else if (typeof message.champion === "number")
                    object.champion = options.longs === $String ? $String(message.champion) : message.champion;
                else
                    object.champion = options.longs === $String ? $util.Long.prototype.toString.call(message.champion) : options.longs === $Number ? new $util.LongBits(message.champion.low >>> 0, message.champion.high >>> 0).toNumber(true) : message.champion;
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.policy = typeof message.policy === "number" ? $BigInt(message.policy) : $util.Long.fromBits(message.policy.low >>> 0, message.policy.high >>> 0, true).toBigInt();
                else if (typeof message.policy === "number")
                    object.policy = options.longs === $String ? $String(message.policy) : message.policy;
                else
                    object.policy = options.longs === $String ? $util.Long.prototype.toString.call(message.policy) : options.longs === $Number ? new $util.LongBits(message.policy.low >>> 0, message.policy.high >>> 0).toNumber(true) : message.policy;
            return object;
        };

        Expected.prototype.toJSON = function() {
            return Expected.toObject(this, $protobuf.util.toJSONOptions);
        };

        Expected.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Expected";
        };

        return Expected;
    })();

    sluice.SetRole = (function() {

        const SetRole = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SetRole.prototype.of = null;
        SetRole.prototype.role = 0;
        SetRole.prototype.weight = 0;

        SetRole.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                $root.sluice.VersionRef.encode(message.of, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                writer.uint32(16).int32(message.role);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(25).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        SetRole.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.SetRole();
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
                        message.of = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.of);
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.role = value;
                        else
                            delete message.role;
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

        SetRole.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.SetRole)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.SetRole: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.SetRole();
            if (object.of != null) {
                if (!$util.isObject(object.of))
                    throw $TypeError(".sluice.SetRole.of: object expected");
                message.of = $root.sluice.VersionRef.fromObject(object.of, _depth + 1);
            }
            if (object.role !== 0 && (typeof object.role !== "string" || $root.sluice.ModelRole[object.role] !== 0))
                switch (object.role) {
                case "CHAMPION":
                case 0:
                    message.role = 0;
                    break;
                case "CHALLENGER":
                case 1:
                    message.role = 1;
                    break;
                case "SHADOW":
                case 2:
                    message.role = 2;
                    break;
                case "FALLBACK":
                case 3:
                    message.role = 3;
                    break;
                case "DECOY":
                case 4:
                    message.role = 4;
                    break;
                case "RACER":
                case 5:
                    message.role = 5;
                    break;
                default:
                    if (typeof object.role === "number" && (object.role | 0) === object.role)
                        message.role = object.role;
                }
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        SetRole.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.of = null;
                object.role = options.enums === $String ? "CHAMPION" : 0;
                object.weight = 0;
            }
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                object.of = $root.sluice.VersionRef.toObject(message.of, options, _depth + 1);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = options.enums === $String ? $root.sluice.ModelRole[message.role] === $undefined ? message.role : $root.sluice.ModelRole[message.role] : message.role;
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        SetRole.prototype.toJSON = function() {
            return SetRole.toObject(this, $protobuf.util.toJSONOptions);
        };

        SetRole.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.SetRole";
        };

        return SetRole;
    })();

    sluice.SetAlias = (function() {

        const SetAlias = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        SetAlias.prototype.alias = "";
        SetAlias.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        SetAlias.encode = function (message, writer, _depth) {
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

        SetAlias.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.SetAlias();
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

        SetAlias.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.SetAlias)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.SetAlias: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.SetAlias();
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

        SetAlias.toObject = function (message, options, _depth) {
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

        SetAlias.prototype.toJSON = function() {
            return SetAlias.toObject(this, $protobuf.util.toJSONOptions);
        };

        SetAlias.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.SetAlias";
        };

        return SetAlias;
    })();

    sluice.Withdraw = (function() {

        const Withdraw = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Withdraw.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Withdraw.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.Withdraw();
            while (reader.pos < end) {
                let start = reader.pos;
                let tag = reader.tag();
                if (tag === _end) {
                    _end = $undefined;
                    break;
                }
                reader.skipType(tag & 7, _depth, tag);
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

        Withdraw.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Withdraw)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Withdraw: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            return new $root.sluice.Withdraw();
        };

        Withdraw.toObject = function () {
            return {};
        };

        Withdraw.prototype.toJSON = function() {
            return Withdraw.toObject(this, $protobuf.util.toJSONOptions);
        };

        Withdraw.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Withdraw";
        };

        return Withdraw;
    })();

    sluice.Cancel = (function() {

        const Cancel = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Cancel.prototype.offset = null;
        Cancel.prototype.all = false;

        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(Cancel.prototype, "_offset", {
            get: $util.oneOfGetter($oneOfFields = ["offset"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Cancel.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                writer.uint32(8).uint64(message.offset);
            if (message.all != null && $Object.hasOwnProperty.call(message, "all") && message.all !== false)
                writer.uint32(16).bool(message.all);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Cancel.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.Cancel();
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
                        message.offset = reader.uint64();
                        message._offset = "offset";
                        continue;
                    }
                case 2: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.all = value;
                        else
                            delete message.all;
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

        Cancel.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Cancel)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Cancel: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Cancel();
            if (object.offset != null)
                if ($util.Long)
                    message.offset = $util.Long.fromValue(object.offset, true);
                else if (typeof object.offset === "string")
                    message.offset = $parseInt(object.offset, 10);
                else if (typeof object.offset === "number")
                    message.offset = object.offset;
                else if (typeof object.offset === "object")
                    message.offset = new $util.LongBits(object.offset.low >>> 0, object.offset.high >>> 0).toNumber(true);
            if (object.all != null)
                if (object.all)
                    message.all = $Boolean(object.all);
            return message;
        };

        Cancel.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.all = false;
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.offset = typeof message.offset === "number" ? $BigInt(message.offset) : $util.Long.fromBits(message.offset.low >>> 0, message.offset.high >>> 0, true).toBigInt();
                else if (typeof message.offset === "number")
                    object.offset = options.longs === $String ? $String(message.offset) : message.offset;
                else
                    object.offset = options.longs === $String ? $util.Long.prototype.toString.call(message.offset) : options.longs === $Number ? new $util.LongBits(message.offset.low >>> 0, message.offset.high >>> 0).toNumber(true) : message.offset;
            if (message.all != null && $Object.hasOwnProperty.call(message, "all"))
                object.all = message.all;
            return object;
        };

        Cancel.prototype.toJSON = function() {
            return Cancel.toObject(this, $protobuf.util.toJSONOptions);
        };

        Cancel.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Cancel";
        };

        return Cancel;
    })();

    sluice.RoutingPolicy = (function() {

        const RoutingPolicy = function (properties) {
            this.challengers = [];
            this.shadows = [];
            this.racers = [];
            this.steps = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RoutingPolicy.prototype.champion = null;
        RoutingPolicy.prototype.challengers = $util.emptyArray;
        RoutingPolicy.prototype.shadows = $util.emptyArray;
        RoutingPolicy.prototype.fallback = null;
        RoutingPolicy.prototype.decoy = false;
        RoutingPolicy.prototype.bucketBy = "";
        RoutingPolicy.prototype.decider = "";
        RoutingPolicy.prototype.budgetMs = 0;
        RoutingPolicy.prototype.racers = $util.emptyArray;
        RoutingPolicy.prototype.steps = $util.emptyArray;

        RoutingPolicy.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion"))
                $root.sluice.VersionRef.encode(message.champion, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.challengers != null && message.challengers.length)
                for (let i = 0; i < message.challengers.length; ++i)
                    $root.sluice.Share.encode(message.challengers[i], writer.uint32(18).fork(), _depth + 1).ldelim();
            if (message.shadows != null && message.shadows.length)
                for (let i = 0; i < message.shadows.length; ++i)
                    $root.sluice.VersionRef.encode(message.shadows[i], writer.uint32(26).fork(), _depth + 1).ldelim();
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback"))
                $root.sluice.VersionRef.encode(message.fallback, writer.uint32(34).fork(), _depth + 1).ldelim();
            if (message.decoy != null && $Object.hasOwnProperty.call(message, "decoy") && message.decoy !== false)
                writer.uint32(40).bool(message.decoy);
            if (message.bucketBy != null && $Object.hasOwnProperty.call(message, "bucketBy") && message.bucketBy !== "")
                writer.uint32(50).string(message.bucketBy);
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider") && message.decider !== "")
                writer.uint32(58).string(message.decider);
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs") && message.budgetMs !== 0)
                writer.uint32(64).uint32(message.budgetMs);
            if (message.racers != null && message.racers.length)
                for (let i = 0; i < message.racers.length; ++i)
                    $root.sluice.Racer.encode(message.racers[i], writer.uint32(74).fork(), _depth + 1).ldelim();
            if (message.steps != null && message.steps.length)
                for (let i = 0; i < message.steps.length; ++i)
                    $root.sluice.Step.encode(message.steps[i], writer.uint32(82).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RoutingPolicy.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.RoutingPolicy();
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
                        message.champion = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.champion);
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if (!(message.challengers && message.challengers.length))
                            message.challengers = [];
                        message.challengers.push($root.sluice.Share.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.shadows && message.shadows.length))
                            message.shadows = [];
                        message.shadows.push($root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 4: {
                        if (wireType !== 2)
                            break;
                        message.fallback = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.fallback);
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.decoy = value;
                        else
                            delete message.decoy;
                        continue;
                    }
                case 6: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.bucketBy = value;
                        else
                            delete message.bucketBy;
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.decider = value;
                        else
                            delete message.decider;
                        continue;
                    }
                case 8: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.budgetMs = value;
                        else
                            delete message.budgetMs;
                        continue;
                    }
                case 9: {
                        if (wireType !== 2)
                            break;
                        if (!(message.racers && message.racers.length))
                            message.racers = [];
                        message.racers.push($root.sluice.Racer.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 10: {
                        if (wireType !== 2)
                            break;
                        if (!(message.steps && message.steps.length))
                            message.steps = [];
                        message.steps.push($root.sluice.Step.decode(reader, reader.size(), $undefined, _depth + 1));
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

        RoutingPolicy.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.RoutingPolicy)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.RoutingPolicy: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.RoutingPolicy();
            if (object.champion != null) {
                if (!$util.isObject(object.champion))
                    throw $TypeError(".sluice.RoutingPolicy.champion: object expected");
                message.champion = $root.sluice.VersionRef.fromObject(object.champion, _depth + 1);
            }
            if (object.challengers) {
                if (!$Array.isArray(object.challengers))
                    throw $TypeError(".sluice.RoutingPolicy.challengers: array expected");
                message.challengers = $Array(object.challengers.length);
                for (let i = 0; i < object.challengers.length; ++i) {
                    if (!$util.isObject(object.challengers[i]))
                        throw $TypeError(".sluice.RoutingPolicy.challengers: object expected");
                    message.challengers[i] = $root.sluice.Share.fromObject(object.challengers[i], _depth + 1);
                }
            }
            if (object.shadows) {
                if (!$Array.isArray(object.shadows))
                    throw $TypeError(".sluice.RoutingPolicy.shadows: array expected");
                message.shadows = $Array(object.shadows.length);
                for (let i = 0; i < object.shadows.length; ++i) {
                    if (!$util.isObject(object.shadows[i]))
                        throw $TypeError(".sluice.RoutingPolicy.shadows: object expected");
                    message.shadows[i] = $root.sluice.VersionRef.fromObject(object.shadows[i], _depth + 1);
                }
            }
            if (object.fallback != null) {
                if (!$util.isObject(object.fallback))
                    throw $TypeError(".sluice.RoutingPolicy.fallback: object expected");
                message.fallback = $root.sluice.VersionRef.fromObject(object.fallback, _depth + 1);
            }
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
            if (object.racers) {
                if (!$Array.isArray(object.racers))
                    throw $TypeError(".sluice.RoutingPolicy.racers: array expected");
                message.racers = $Array(object.racers.length);
                for (let i = 0; i < object.racers.length; ++i) {
                    if (!$util.isObject(object.racers[i]))
                        throw $TypeError(".sluice.RoutingPolicy.racers: object expected");
                    message.racers[i] = $root.sluice.Racer.fromObject(object.racers[i], _depth + 1);
                }
            }
            if (object.steps) {
                if (!$Array.isArray(object.steps))
                    throw $TypeError(".sluice.RoutingPolicy.steps: array expected");
                message.steps = $Array(object.steps.length);
                for (let i = 0; i < object.steps.length; ++i) {
                    if (!$util.isObject(object.steps[i]))
                        throw $TypeError(".sluice.RoutingPolicy.steps: object expected");
                    message.steps[i] = $root.sluice.Step.fromObject(object.steps[i], _depth + 1);
                }
            }
            return message;
        };

        RoutingPolicy.toObject = function (message, options, _depth) {
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
                object.racers = [];
                object.steps = [];
            }
            if (options.defaults) {
                object.champion = null;
                object.fallback = null;
                object.decoy = false;
                object.bucketBy = "";
                object.decider = "";
                object.budgetMs = 0;
            }
            if (message.champion != null && $Object.hasOwnProperty.call(message, "champion"))
                object.champion = $root.sluice.VersionRef.toObject(message.champion, options, _depth + 1);
            if (message.challengers && message.challengers.length) {
                object.challengers = $Array(message.challengers.length);
                for (let j = 0; j < message.challengers.length; ++j)
                    object.challengers[j] = $root.sluice.Share.toObject(message.challengers[j], options, _depth + 1);
            }
            if (message.shadows && message.shadows.length) {
                object.shadows = $Array(message.shadows.length);
                for (let j = 0; j < message.shadows.length; ++j)
                    object.shadows[j] = $root.sluice.VersionRef.toObject(message.shadows[j], options, _depth + 1);
            }
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback"))
                object.fallback = $root.sluice.VersionRef.toObject(message.fallback, options, _depth + 1);
            if (message.decoy != null && $Object.hasOwnProperty.call(message, "decoy"))
                object.decoy = message.decoy;
            if (message.bucketBy != null && $Object.hasOwnProperty.call(message, "bucketBy"))
                object.bucketBy = message.bucketBy;
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider"))
                object.decider = message.decider;
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs"))
                object.budgetMs = message.budgetMs;
            if (message.racers && message.racers.length) {
                object.racers = $Array(message.racers.length);
                for (let j = 0; j < message.racers.length; ++j)
                    object.racers[j] = $root.sluice.Racer.toObject(message.racers[j], options, _depth + 1);
            }
            if (message.steps && message.steps.length) {
                object.steps = $Array(message.steps.length);
                for (let j = 0; j < message.steps.length; ++j)
                    object.steps[j] = $root.sluice.Step.toObject(message.steps[j], options, _depth + 1);
            }
            return object;
        };

        RoutingPolicy.prototype.toJSON = function() {
            return RoutingPolicy.toObject(this, $protobuf.util.toJSONOptions);
        };

        RoutingPolicy.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.RoutingPolicy";
        };

        return RoutingPolicy;
    })();

    sluice.Racer = (function() {

        const Racer = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Racer.prototype.of = null;
        Racer.prototype.name = null;
        Racer.prototype.weight = 0;

        let $oneOfFields;

        $Object.defineProperty(Racer.prototype, "by", {
            get: $util.oneOfGetter($oneOfFields = ["of", "name"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Racer.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                $root.sluice.VersionRef.encode(message.of, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                writer.uint32(18).string(message.name);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(25).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Racer.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.Racer();
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
                        message.of = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.of);
                        message.by = "of";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.name = reader.stringVerify();
                        message.by = "name";
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

        Racer.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Racer)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Racer: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Racer();
            if (object.of != null) {
                if (!$util.isObject(object.of))
                    throw $TypeError(".sluice.Racer.of: object expected");
                message.of = $root.sluice.VersionRef.fromObject(object.of, _depth + 1);
            }
            if (object.name != null)
                message.name = $String(object.name);
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        Racer.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults)
                object.weight = 0;
            if (message.of != null && $Object.hasOwnProperty.call(message, "of")) {
                object.of = $root.sluice.VersionRef.toObject(message.of, options, _depth + 1);
                if (options.oneofs)
                    object.by = "of";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name")) {
                object.name = message.name;
                if (options.oneofs)
                    object.by = "name";
            }
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        Racer.prototype.toJSON = function() {
            return Racer.toObject(this, $protobuf.util.toJSONOptions);
        };

        Racer.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Racer";
        };

        return Racer;
    })();

    sluice.Step = (function() {

        const Step = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Step.prototype.of = null;
        Step.prototype.name = null;

        let $oneOfFields;

        $Object.defineProperty(Step.prototype, "by", {
            get: $util.oneOfGetter($oneOfFields = ["of", "name"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        Step.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                $root.sluice.VersionRef.encode(message.of, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                writer.uint32(18).string(message.name);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Step.decode = function (reader, length, _end, _depth, _target) {
            if (!(reader instanceof $Reader))
                reader = $Reader.create(reader);
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $Reader.recursionLimit)
                throw $Error("max depth exceeded");
            let end, message;
            if (length === $undefined)
                end = reader.len;
            else {
                end = reader.pos + length;
                if (end > reader.len)
                    throw $RangeError("index out of range");
                length = reader.len;
                reader.len = end;
            }
            message = _target || new $root.sluice.Step();
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
                        message.of = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.of);
                        message.by = "of";
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        message.name = reader.stringVerify();
                        message.by = "name";
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

        Step.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Step)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Step: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Step();
            if (object.of != null) {
                if (!$util.isObject(object.of))
                    throw $TypeError(".sluice.Step.of: object expected");
                message.of = $root.sluice.VersionRef.fromObject(object.of, _depth + 1);
            }
            if (object.name != null)
                message.name = $String(object.name);
            return message;
        };

        Step.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (message.of != null && $Object.hasOwnProperty.call(message, "of")) {
                object.of = $root.sluice.VersionRef.toObject(message.of, options, _depth + 1);
                if (options.oneofs)
                    object.by = "of";
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name")) {
                object.name = message.name;
                if (options.oneofs)
                    object.by = "name";
            }
            return object;
        };

        Step.prototype.toJSON = function() {
            return Step.toObject(this, $protobuf.util.toJSONOptions);
        };

        Step.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Step";
        };

        return Step;
    })();

    sluice.Share = (function() {

        const Share = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Share.prototype.of = null;
        Share.prototype.weight = 0;

        Share.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                $root.sluice.VersionRef.encode(message.of, writer.uint32(10).fork(), _depth + 1).ldelim();
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight") && !$Object.is(message.weight, 0))
                writer.uint32(17).double(message.weight);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Share.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.Share();
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
                        message.of = $root.sluice.VersionRef.decode(reader, reader.size(), $undefined, _depth + 1, message.of);
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

        Share.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Share)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Share: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Share();
            if (object.of != null) {
                if (!$util.isObject(object.of))
                    throw $TypeError(".sluice.Share.of: object expected");
                message.of = $root.sluice.VersionRef.fromObject(object.of, _depth + 1);
            }
            if (object.weight != null)
                if (!$Object.is($Number(object.weight), 0))
                    message.weight = $Number(object.weight);
            return message;
        };

        Share.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.of = null;
                object.weight = 0;
            }
            if (message.of != null && $Object.hasOwnProperty.call(message, "of"))
                object.of = $root.sluice.VersionRef.toObject(message.of, options, _depth + 1);
            if (message.weight != null && $Object.hasOwnProperty.call(message, "weight"))
                object.weight = options.json && !$isFinite(message.weight) ? $String(message.weight) : message.weight;
            return object;
        };

        Share.prototype.toJSON = function() {
            return Share.toObject(this, $protobuf.util.toJSONOptions);
        };

        Share.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Share";
        };

        return Share;
    })();

    sluice.GoldenRecord = (function() {

        const GoldenRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        GoldenRecord.prototype.record = $util.newBuffer([]);
        GoldenRecord.prototype.score = null;
        GoldenRecord.prototype.label = null;
        GoldenRecord.prototype.tolerance = 0;

        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(GoldenRecord.prototype, "_score", {
            get: $util.oneOfGetter($oneOfFields = ["score"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(GoldenRecord.prototype, "_label", {
            get: $util.oneOfGetter($oneOfFields = ["label"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        GoldenRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.record != null && $Object.hasOwnProperty.call(message, "record") && message.record.length)
                writer.uint32(10).bytes(message.record);
            if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                writer.uint32(17).double(message.score);
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                writer.uint32(26).string(message.label);
            if (message.tolerance != null && $Object.hasOwnProperty.call(message, "tolerance") && !$Object.is(message.tolerance, 0))
                writer.uint32(33).double(message.tolerance);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        GoldenRecord.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.GoldenRecord();
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
                            message.record = value;
                        else
                            delete message.record;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        message.score = reader.double();
                        message._score = "score";
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        message.label = reader.stringVerify();
                        message._label = "label";
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.tolerance = value;
                        else
                            delete message.tolerance;
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

        GoldenRecord.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.GoldenRecord)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.GoldenRecord: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.GoldenRecord();
            if (object.record != null)
                if (object.record.length)
                    if (typeof object.record === "string")
                        $util.base64.decode(object.record, message.record = $util.newBuffer($util.base64.length(object.record)), 0);
                    else if (object.record.length >= 0)
                        message.record = object.record;
            if (object.score != null)
                message.score = $Number(object.score);
            if (object.label != null)
                message.label = $String(object.label);
            if (object.tolerance != null)
                if (!$Object.is($Number(object.tolerance), 0))
                    message.tolerance = $Number(object.tolerance);
            return message;
        };

        GoldenRecord.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                if (options.bytes === $String)
                    object.record = "";
                else {
                    object.record = [];
                    if (options.bytes !== $Array)
                        object.record = $util.newBuffer(object.record);
                }
                object.tolerance = 0;
            }
            if (message.record != null && $Object.hasOwnProperty.call(message, "record"))
                object.record = options.bytes === $String ? $util.base64.encode(message.record, 0, message.record.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.record) : message.record;
            if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                object.score = options.json && !$isFinite(message.score) ? $String(message.score) : message.score;
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.tolerance != null && $Object.hasOwnProperty.call(message, "tolerance"))
                object.tolerance = options.json && !$isFinite(message.tolerance) ? $String(message.tolerance) : message.tolerance;
            return object;
        };

        GoldenRecord.prototype.toJSON = function() {
            return GoldenRecord.toObject(this, $protobuf.util.toJSONOptions);
        };

        GoldenRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.GoldenRecord";
        };

        return GoldenRecord;
    })();

    sluice.ModelPiece = (function() {

        const ModelPiece = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ModelPiece.prototype.sha256 = $util.newBuffer([]);
        ModelPiece.prototype.index = 0;
        ModelPiece.prototype.count = 0;
        ModelPiece.prototype.size = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ModelPiece.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256") && message.sha256.length)
                writer.uint32(10).bytes(message.sha256);
            if (message.index != null && $Object.hasOwnProperty.call(message, "index") && message.index !== 0)
                writer.uint32(16).uint32(message.index);
            if (message.count != null && $Object.hasOwnProperty.call(message, "count") && message.count !== 0)
                writer.uint32(24).uint32(message.count);
            if (message.size != null && $Object.hasOwnProperty.call(message, "size") && (typeof message.size === "object" ? message.size.low || message.size.high : message.size !== 0))
                writer.uint32(32).uint64(message.size);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ModelPiece.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.ModelPiece();
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
                            message.index = value;
                        else
                            delete message.index;
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
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.size = value;
                        else
                            delete message.size;
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

        ModelPiece.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ModelPiece)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ModelPiece: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ModelPiece();
            if (object.sha256 != null)
                if (object.sha256.length)
                    if (typeof object.sha256 === "string")
                        $util.base64.decode(object.sha256, message.sha256 = $util.newBuffer($util.base64.length(object.sha256)), 0);
                    else if (object.sha256.length >= 0)
                        message.sha256 = object.sha256;
            if (object.index != null)
                if ($Number(object.index) !== 0)
                    message.index = object.index >>> 0;
            if (object.count != null)
                if ($Number(object.count) !== 0)
                    message.count = object.count >>> 0;
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
            return message;
        };

        ModelPiece.toObject = function (message, options, _depth) {
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
                object.index = 0;
                object.count = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.size = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.size = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.sha256 != null && $Object.hasOwnProperty.call(message, "sha256"))
                object.sha256 = options.bytes === $String ? $util.base64.encode(message.sha256, 0, message.sha256.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.sha256) : message.sha256;
            if (message.index != null && $Object.hasOwnProperty.call(message, "index"))
                object.index = message.index;
            if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                object.count = message.count;
            if (message.size != null && $Object.hasOwnProperty.call(message, "size"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.size = typeof message.size === "number" ? $BigInt(message.size) : $util.Long.fromBits(message.size.low >>> 0, message.size.high >>> 0, true).toBigInt();
                else if (typeof message.size === "number")
                    object.size = options.longs === $String ? $String(message.size) : message.size;
                else
                    object.size = options.longs === $String ? $util.Long.prototype.toString.call(message.size) : options.longs === $Number ? new $util.LongBits(message.size.low >>> 0, message.size.high >>> 0).toNumber(true) : message.size;
            return object;
        };

        ModelPiece.prototype.toJSON = function() {
            return ModelPiece.toObject(this, $protobuf.util.toJSONOptions);
        };

        ModelPiece.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ModelPiece";
        };

        return ModelPiece;
    })();

    sluice.ScoreResult = (function() {

        const ScoreResult = function (properties) {
            this.outputs = [];
            this.steps = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ScoreResult.prototype.dataType = "";
        ScoreResult.prototype.modelName = "";
        ScoreResult.prototype.modelVersion = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ScoreResult.prototype.score = 0;
        ScoreResult.prototype.timestamp = $util.Long ? $util.Long.fromBits(0,0,false) : 0;
        ScoreResult.prototype.status = 0;
        ScoreResult.prototype.label = "";
        ScoreResult.prototype.outputs = $util.emptyArray;
        ScoreResult.prototype.modelHash = $util.newBuffer([]);
        ScoreResult.prototype.inputPartition = 0;
        ScoreResult.prototype.inputOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ScoreResult.prototype.error = "";
        ScoreResult.prototype.role = 0;
        ScoreResult.prototype.policy = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ScoreResult.prototype.modelPartition = 0;
        ScoreResult.prototype.modelOffset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ScoreResult.prototype.decision = null;
        ScoreResult.prototype.late = 0;
        ScoreResult.prototype.steps = $util.emptyArray;

        ScoreResult.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(10).string(message.dataType);
            if (message.modelName != null && $Object.hasOwnProperty.call(message, "modelName") && message.modelName !== "")
                writer.uint32(18).string(message.modelName);
            if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion") && (typeof message.modelVersion === "object" ? message.modelVersion.low || message.modelVersion.high : message.modelVersion !== 0))
                writer.uint32(24).uint64(message.modelVersion);
            if (message.score != null && $Object.hasOwnProperty.call(message, "score") && !$Object.is(message.score, 0))
                writer.uint32(33).double(message.score);
            if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp") && (typeof message.timestamp === "object" ? message.timestamp.low || message.timestamp.high : message.timestamp !== 0))
                writer.uint32(40).int64(message.timestamp);
            if (message.status != null && $Object.hasOwnProperty.call(message, "status") && message.status !== 0)
                writer.uint32(80).int32(message.status);
            if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                writer.uint32(90).string(message.label);
            if (message.outputs != null && message.outputs.length)
                for (let i = 0; i < message.outputs.length; ++i)
                    $root.sluice.NamedOutput.encode(message.outputs[i], writer.uint32(98).fork(), _depth + 1).ldelim();
            if (message.modelHash != null && $Object.hasOwnProperty.call(message, "modelHash") && message.modelHash.length)
                writer.uint32(106).bytes(message.modelHash);
            if (message.inputPartition != null && $Object.hasOwnProperty.call(message, "inputPartition") && message.inputPartition !== 0)
                writer.uint32(112).int32(message.inputPartition);
            if (message.inputOffset != null && $Object.hasOwnProperty.call(message, "inputOffset") && (typeof message.inputOffset === "object" ? message.inputOffset.low || message.inputOffset.high : message.inputOffset !== 0))
                writer.uint32(120).uint64(message.inputOffset);
            if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                writer.uint32(130).string(message.error);
            if (message.role != null && $Object.hasOwnProperty.call(message, "role") && message.role !== 0)
                writer.uint32(136).int32(message.role);
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy") && (typeof message.policy === "object" ? message.policy.low || message.policy.high : message.policy !== 0))
                writer.uint32(144).uint64(message.policy);
            if (message.modelPartition != null && $Object.hasOwnProperty.call(message, "modelPartition") && message.modelPartition !== 0)
                writer.uint32(152).int32(message.modelPartition);
            if (message.modelOffset != null && $Object.hasOwnProperty.call(message, "modelOffset") && (typeof message.modelOffset === "object" ? message.modelOffset.low || message.modelOffset.high : message.modelOffset !== 0))
                writer.uint32(160).uint64(message.modelOffset);
            if (message.decision != null && $Object.hasOwnProperty.call(message, "decision"))
                $root.sluice.Decision.encode(message.decision, writer.uint32(194).fork(), _depth + 1).ldelim();
            if (message.late != null && $Object.hasOwnProperty.call(message, "late") && !$Object.is(message.late, 0))
                writer.uint32(201).double(message.late);
            if (message.steps != null && message.steps.length)
                for (let i = 0; i < message.steps.length; ++i)
                    $root.sluice.ScoredStep.encode(message.steps[i], writer.uint32(210).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ScoreResult.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.ScoreResult();
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
                        if ((value = reader.stringVerify()).length)
                            message.modelName = value;
                        else
                            delete message.modelName;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.modelVersion = value;
                        else
                            delete message.modelVersion;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.score = value;
                        else
                            delete message.score;
                        continue;
                    }
                case 5: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.int64()) === "object" ? value.low || value.high : value !== 0)
                            message.timestamp = value;
                        else
                            delete message.timestamp;
                        continue;
                    }
                case 10: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.status = value;
                        else
                            delete message.status;
                        continue;
                    }
                case 11: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.label = value;
                        else
                            delete message.label;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if (!(message.outputs && message.outputs.length))
                            message.outputs = [];
                        message.outputs.push($root.sluice.NamedOutput.decode(reader, reader.size(), $undefined, _depth + 1));
                        continue;
                    }
                case 13: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.modelHash = value;
                        else
                            delete message.modelHash;
                        continue;
                    }
                case 14: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.inputPartition = value;
                        else
                            delete message.inputPartition;
                        continue;
                    }
                case 15: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.inputOffset = value;
                        else
                            delete message.inputOffset;
                        continue;
                    }
                case 16: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.error = value;
                        else
                            delete message.error;
                        continue;
                    }
                case 17: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.role = value;
                        else
                            delete message.role;
                        continue;
                    }
                case 18: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.policy = value;
                        else
                            delete message.policy;
                        continue;
                    }
                case 19: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.modelPartition = value;
                        else
                            delete message.modelPartition;
                        continue;
                    }
                case 20: {
                        if (wireType !== 0)
                            break;
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.modelOffset = value;
                        else
                            delete message.modelOffset;
                        continue;
                    }
                case 24: {
                        if (wireType !== 2)
                            break;
                        message.decision = $root.sluice.Decision.decode(reader, reader.size(), $undefined, _depth + 1, message.decision);
                        continue;
                    }
                case 25: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.late = value;
                        else
                            delete message.late;
                        continue;
                    }
                case 26: {
                        if (wireType !== 2)
                            break;
                        if (!(message.steps && message.steps.length))
                            message.steps = [];
                        message.steps.push($root.sluice.ScoredStep.decode(reader, reader.size(), $undefined, _depth + 1));
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

        ScoreResult.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ScoreResult)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ScoreResult: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ScoreResult();
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            if (object.modelName != null)
                if (typeof object.modelName !== "string" || object.modelName.length)
                    message.modelName = $String(object.modelName);
            if (object.modelVersion != null)
                if (typeof object.modelVersion === "object" ? object.modelVersion.low || object.modelVersion.high : $Number(object.modelVersion) !== 0)
                    if ($util.Long)
                        message.modelVersion = $util.Long.fromValue(object.modelVersion, true);
                    else if (typeof object.modelVersion === "string")
                        message.modelVersion = $parseInt(object.modelVersion, 10);
                    else if (typeof object.modelVersion === "number")
                        message.modelVersion = object.modelVersion;
                    else if (typeof object.modelVersion === "object")
                        message.modelVersion = new $util.LongBits(object.modelVersion.low >>> 0, object.modelVersion.high >>> 0).toNumber(true);
            if (object.score != null)
                if (!$Object.is($Number(object.score), 0))
                    message.score = $Number(object.score);
            if (object.timestamp != null)
                if (typeof object.timestamp === "object" ? object.timestamp.low || object.timestamp.high : $Number(object.timestamp) !== 0)
                    if ($util.Long)
                        message.timestamp = $util.Long.fromValue(object.timestamp, false);
                    else if (typeof object.timestamp === "string")
                        message.timestamp = $parseInt(object.timestamp, 10);
                    else if (typeof object.timestamp === "number")
                        message.timestamp = object.timestamp;
                    else if (typeof object.timestamp === "object")
                        message.timestamp = new $util.LongBits(object.timestamp.low >>> 0, object.timestamp.high >>> 0).toNumber();
            if (object.status !== 0 && (typeof object.status !== "string" || $root.sluice.ScoreResult.Status[object.status] !== 0))
                switch (object.status) {
                case "OK":
                case 0:
                    message.status = 0;
                    break;
                case "NO_MODEL":
                case 1:
                    message.status = 1;
                    break;
                case "NO_RESULT":
                case 2:
                    message.status = 2;
                    break;
                case "FAILED":
                case 3:
                    message.status = 3;
                    break;
                default:
                    if (typeof object.status === "number" && (object.status | 0) === object.status)
                        message.status = object.status;
                }
            if (object.label != null)
                if (typeof object.label !== "string" || object.label.length)
                    message.label = $String(object.label);
            if (object.outputs) {
                if (!$Array.isArray(object.outputs))
                    throw $TypeError(".sluice.ScoreResult.outputs: array expected");
                message.outputs = $Array(object.outputs.length);
                for (let i = 0; i < object.outputs.length; ++i) {
                    if (!$util.isObject(object.outputs[i]))
                        throw $TypeError(".sluice.ScoreResult.outputs: object expected");
                    message.outputs[i] = $root.sluice.NamedOutput.fromObject(object.outputs[i], _depth + 1);
                }
            }
            if (object.modelHash != null)
                if (object.modelHash.length)
                    if (typeof object.modelHash === "string")
                        $util.base64.decode(object.modelHash, message.modelHash = $util.newBuffer($util.base64.length(object.modelHash)), 0);
                    else if (object.modelHash.length >= 0)
                        message.modelHash = object.modelHash;
            if (object.inputPartition != null)
                if ($Number(object.inputPartition) !== 0)
                    message.inputPartition = object.inputPartition | 0;
            if (object.inputOffset != null)
                if (typeof object.inputOffset === "object" ? object.inputOffset.low || object.inputOffset.high : $Number(object.inputOffset) !== 0)
                    if ($util.Long)
                        message.inputOffset = $util.Long.fromValue(object.inputOffset, true);
                    else if (typeof object.inputOffset === "string")
                        message.inputOffset = $parseInt(object.inputOffset, 10);
                    else if (typeof object.inputOffset === "number")
                        message.inputOffset = object.inputOffset;
                    else if (typeof object.inputOffset === "object")
                        message.inputOffset = new $util.LongBits(object.inputOffset.low >>> 0, object.inputOffset.high >>> 0).toNumber(true);
            if (object.error != null)
                if (typeof object.error !== "string" || object.error.length)
                    message.error = $String(object.error);
            if (object.role !== 0 && (typeof object.role !== "string" || $root.sluice.ModelRole[object.role] !== 0))
                switch (object.role) {
                case "CHAMPION":
                case 0:
                    message.role = 0;
                    break;
                case "CHALLENGER":
                case 1:
                    message.role = 1;
                    break;
                case "SHADOW":
                case 2:
                    message.role = 2;
                    break;
                case "FALLBACK":
                case 3:
                    message.role = 3;
                    break;
                case "DECOY":
                case 4:
                    message.role = 4;
                    break;
                case "RACER":
                case 5:
                    message.role = 5;
                    break;
                default:
                    if (typeof object.role === "number" && (object.role | 0) === object.role)
                        message.role = object.role;
                }
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
            if (object.modelPartition != null)
                if ($Number(object.modelPartition) !== 0)
                    message.modelPartition = object.modelPartition | 0;
            if (object.modelOffset != null)
                if (typeof object.modelOffset === "object" ? object.modelOffset.low || object.modelOffset.high : $Number(object.modelOffset) !== 0)
                    if ($util.Long)
                        message.modelOffset = $util.Long.fromValue(object.modelOffset, true);
                    else if (typeof object.modelOffset === "string")
                        message.modelOffset = $parseInt(object.modelOffset, 10);
                    else if (typeof object.modelOffset === "number")
                        message.modelOffset = object.modelOffset;
                    else if (typeof object.modelOffset === "object")
                        message.modelOffset = new $util.LongBits(object.modelOffset.low >>> 0, object.modelOffset.high >>> 0).toNumber(true);
            if (object.decision != null) {
                if (!$util.isObject(object.decision))
                    throw $TypeError(".sluice.ScoreResult.decision: object expected");
                message.decision = $root.sluice.Decision.fromObject(object.decision, _depth + 1);
            }
            if (object.late != null)
                if (!$Object.is($Number(object.late), 0))
                    message.late = $Number(object.late);
            if (object.steps) {
                if (!$Array.isArray(object.steps))
                    throw $TypeError(".sluice.ScoreResult.steps: array expected");
                message.steps = $Array(object.steps.length);
                for (let i = 0; i < object.steps.length; ++i) {
                    if (!$util.isObject(object.steps[i]))
                        throw $TypeError(".sluice.ScoreResult.steps: object expected");
                    message.steps[i] = $root.sluice.ScoredStep.fromObject(object.steps[i], _depth + 1);
                }
            }
            return message;
        };

        ScoreResult.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.outputs = [];
                object.steps = [];
            }
            if (options.defaults) {
                object.dataType = "";
                object.modelName = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.modelVersion = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.modelVersion = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.score = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, false);
                    object.timestamp = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.timestamp = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.status = options.enums === $String ? "OK" : 0;
                object.label = "";
                if (options.bytes === $String)
                    object.modelHash = "";
                else {
                    object.modelHash = [];
                    if (options.bytes !== $Array)
                        object.modelHash = $util.newBuffer(object.modelHash);
                }
                object.inputPartition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.inputOffset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.inputOffset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.error = "";
                object.role = options.enums === $String ? "CHAMPION" : 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.policy = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.policy = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.modelPartition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.modelOffset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.modelOffset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                object.decision = null;
                object.late = 0;
            }
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            if (message.modelName != null && $Object.hasOwnProperty.call(message, "modelName"))
                object.modelName = message.modelName;
            if (message.modelVersion != null && $Object.hasOwnProperty.call(message, "modelVersion"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.modelVersion = typeof message.modelVersion === "number" ? $BigInt(message.modelVersion) : $util.Long.fromBits(message.modelVersion.low >>> 0, message.modelVersion.high >>> 0, true).toBigInt();
                else if (typeof message.modelVersion === "number")
                    object.modelVersion = options.longs === $String ? $String(message.modelVersion) : message.modelVersion;
                else
                    object.modelVersion = options.longs === $String ? $util.Long.prototype.toString.call(message.modelVersion) : options.longs === $Number ? new $util.LongBits(message.modelVersion.low >>> 0, message.modelVersion.high >>> 0).toNumber(true) : message.modelVersion;
            if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                object.score = options.json && !$isFinite(message.score) ? $String(message.score) : message.score;
            if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.timestamp = typeof message.timestamp === "number" ? $BigInt(message.timestamp) : $util.Long.fromBits(message.timestamp.low >>> 0, message.timestamp.high >>> 0, false).toBigInt();
                else if (typeof message.timestamp === "number")
                    object.timestamp = options.longs === $String ? $String(message.timestamp) : message.timestamp;
                else
                    object.timestamp = options.longs === $String ? $util.Long.prototype.toString.call(message.timestamp) : options.longs === $Number ? new $util.LongBits(message.timestamp.low >>> 0, message.timestamp.high >>> 0).toNumber() : message.timestamp;
            if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                object.status = options.enums === $String ? $root.sluice.ScoreResult.Status[message.status] === $undefined ? message.status : $root.sluice.ScoreResult.Status[message.status] : message.status;
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.outputs && message.outputs.length) {
                object.outputs = $Array(message.outputs.length);
                for (let j = 0; j < message.outputs.length; ++j)
                    object.outputs[j] = $root.sluice.NamedOutput.toObject(message.outputs[j], options, _depth + 1);
            }
            if (message.modelHash != null && $Object.hasOwnProperty.call(message, "modelHash"))
                object.modelHash = options.bytes === $String ? $util.base64.encode(message.modelHash, 0, message.modelHash.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.modelHash) : message.modelHash;
            if (message.inputPartition != null && $Object.hasOwnProperty.call(message, "inputPartition"))
                object.inputPartition = message.inputPartition;
            if (message.inputOffset != null && $Object.hasOwnProperty.call(message, "inputOffset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.inputOffset = typeof message.inputOffset === "number" ? $BigInt(message.inputOffset) : $util.Long.fromBits(message.inputOffset.low >>> 0, message.inputOffset.high >>> 0, true).toBigInt();
                else if (typeof message.inputOffset === "number")
                    object.inputOffset = options.longs === $String ? $String(message.inputOffset) : message.inputOffset;
                else
                    object.inputOffset = options.longs === $String ? $util.Long.prototype.toString.call(message.inputOffset) : options.longs === $Number ? new $util.LongBits(message.inputOffset.low >>> 0, message.inputOffset.high >>> 0).toNumber(true) : message.inputOffset;
            if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                object.error = message.error;
            if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                object.role = options.enums === $String ? $root.sluice.ModelRole[message.role] === $undefined ? message.role : $root.sluice.ModelRole[message.role] : message.role;
            if (message.policy != null && $Object.hasOwnProperty.call(message, "policy"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.policy = typeof message.policy === "number" ? $BigInt(message.policy) : $util.Long.fromBits(message.policy.low >>> 0, message.policy.high >>> 0, true).toBigInt();
                else if (typeof message.policy === "number")
                    object.policy = options.longs === $String ? $String(message.policy) : message.policy;
                else
                    object.policy = options.longs === $String ? $util.Long.prototype.toString.call(message.policy) : options.longs === $Number ? new $util.LongBits(message.policy.low >>> 0, message.policy.high >>> 0).toNumber(true) : message.policy;
            if (message.modelPartition != null && $Object.hasOwnProperty.call(message, "modelPartition"))
                object.modelPartition = message.modelPartition;
            if (message.modelOffset != null && $Object.hasOwnProperty.call(message, "modelOffset"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.modelOffset = typeof message.modelOffset === "number" ? $BigInt(message.modelOffset) : $util.Long.fromBits(message.modelOffset.low >>> 0, message.modelOffset.high >>> 0, true).toBigInt();
                else if (typeof message.modelOffset === "number")
                    object.modelOffset = options.longs === $String ? $String(message.modelOffset) : message.modelOffset;
                else
                    object.modelOffset = options.longs === $String ? $util.Long.prototype.toString.call(message.modelOffset) : options.longs === $Number ? new $util.LongBits(message.modelOffset.low >>> 0, message.modelOffset.high >>> 0).toNumber(true) : message.modelOffset;
            if (message.decision != null && $Object.hasOwnProperty.call(message, "decision"))
                object.decision = $root.sluice.Decision.toObject(message.decision, options, _depth + 1);
            if (message.late != null && $Object.hasOwnProperty.call(message, "late"))
                object.late = options.json && !$isFinite(message.late) ? $String(message.late) : message.late;
            if (message.steps && message.steps.length) {
                object.steps = $Array(message.steps.length);
                for (let j = 0; j < message.steps.length; ++j)
                    object.steps[j] = $root.sluice.ScoredStep.toObject(message.steps[j], options, _depth + 1);
            }
            return object;
        };

        ScoreResult.prototype.toJSON = function() {
            return ScoreResult.toObject(this, $protobuf.util.toJSONOptions);
        };

        ScoreResult.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ScoreResult";
        };

        ScoreResult.Status = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "OK"] = 0;
            values[valuesById[1] = "NO_MODEL"] = 1;
            values[valuesById[2] = "NO_RESULT"] = 2;
            values[valuesById[3] = "FAILED"] = 3;
            return values;
        })();

        return ScoreResult;
    })();

    sluice.ScoredStep = (function() {

        const ScoredStep = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        ScoredStep.prototype.name = "";
        ScoredStep.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        ScoredStep.prototype.hash = $util.newBuffer([]);
        ScoredStep.prototype.partition = 0;
        ScoredStep.prototype.offset = $util.Long ? $util.Long.fromBits(0,0,true) : 0;

        ScoredStep.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(16).uint64(message.version);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(26).bytes(message.hash);
            if (message.partition != null && $Object.hasOwnProperty.call(message, "partition") && message.partition !== 0)
                writer.uint32(32).int32(message.partition);
            if (message.offset != null && $Object.hasOwnProperty.call(message, "offset") && (typeof message.offset === "object" ? message.offset.low || message.offset.high : message.offset !== 0))
                writer.uint32(40).uint64(message.offset);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        ScoredStep.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.ScoredStep();
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
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.partition = value;
                        else
                            delete message.partition;
                        continue;
                    }
                case 5: {
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

        ScoredStep.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.ScoredStep)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.ScoredStep: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.ScoredStep();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
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
            if (object.hash != null)
                if (object.hash.length)
                    if (typeof object.hash === "string")
                        $util.base64.decode(object.hash, message.hash = $util.newBuffer($util.base64.length(object.hash)), 0);
                    else if (object.hash.length >= 0)
                        message.hash = object.hash;
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

        ScoredStep.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.hash = "";
                else {
                    object.hash = [];
                    if (options.bytes !== $Array)
                        object.hash = $util.newBuffer(object.hash);
                }
                object.partition = 0;
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.offset = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.offset = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = options.bytes === $String ? $util.base64.encode(message.hash, 0, message.hash.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.hash) : message.hash;
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

        ScoredStep.prototype.toJSON = function() {
            return ScoredStep.toObject(this, $protobuf.util.toJSONOptions);
        };

        ScoredStep.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.ScoredStep";
        };

        return ScoredStep;
    })();

    sluice.Decision = (function() {

        const Decision = function (properties) {
            this.models = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        Decision.prototype.cause = 0;
        Decision.prototype.decider = "";
        Decision.prototype.budgetMs = 0;
        Decision.prototype.elapsed = 0;
        Decision.prototype.models = $util.emptyArray;

        Decision.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.cause != null && $Object.hasOwnProperty.call(message, "cause") && message.cause !== 0)
                writer.uint32(8).int32(message.cause);
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider") && message.decider !== "")
                writer.uint32(18).string(message.decider);
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs") && message.budgetMs !== 0)
                writer.uint32(24).uint32(message.budgetMs);
            if (message.elapsed != null && $Object.hasOwnProperty.call(message, "elapsed") && !$Object.is(message.elapsed, 0))
                writer.uint32(33).double(message.elapsed);
            if (message.models != null && message.models.length)
                for (let i = 0; i < message.models.length; ++i)
                    $root.sluice.RacedModel.encode(message.models[i], writer.uint32(42).fork(), _depth + 1).ldelim();
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        Decision.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.Decision();
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
                            message.cause = value;
                        else
                            delete message.cause;
                        continue;
                    }
                case 2: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.decider = value;
                        else
                            delete message.decider;
                        continue;
                    }
                case 3: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.uint32())
                            message.budgetMs = value;
                        else
                            delete message.budgetMs;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.elapsed = value;
                        else
                            delete message.elapsed;
                        continue;
                    }
                case 5: {
                        if (wireType !== 2)
                            break;
                        if (!(message.models && message.models.length))
                            message.models = [];
                        message.models.push($root.sluice.RacedModel.decode(reader, reader.size(), $undefined, _depth + 1));
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

        Decision.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.Decision)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.Decision: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.Decision();
            if (object.cause !== 0 && (typeof object.cause !== "string" || $root.sluice.Decision.Cause[object.cause] !== 0))
                switch (object.cause) {
                case "ALL":
                case 0:
                    message.cause = 0;
                    break;
                case "EARLY":
                case 1:
                    message.cause = 1;
                    break;
                case "TIMEOUT":
                case 2:
                    message.cause = 2;
                    break;
                case "FALLBACK":
                case 3:
                    message.cause = 3;
                    break;
                default:
                    if (typeof object.cause === "number" && (object.cause | 0) === object.cause)
                        message.cause = object.cause;
                }
            if (object.decider != null)
                if (typeof object.decider !== "string" || object.decider.length)
                    message.decider = $String(object.decider);
            if (object.budgetMs != null)
                if ($Number(object.budgetMs) !== 0)
                    message.budgetMs = object.budgetMs >>> 0;
            if (object.elapsed != null)
                if (!$Object.is($Number(object.elapsed), 0))
                    message.elapsed = $Number(object.elapsed);
            if (object.models) {
                if (!$Array.isArray(object.models))
                    throw $TypeError(".sluice.Decision.models: array expected");
                message.models = $Array(object.models.length);
                for (let i = 0; i < object.models.length; ++i) {
                    if (!$util.isObject(object.models[i]))
                        throw $TypeError(".sluice.Decision.models: object expected");
                    message.models[i] = $root.sluice.RacedModel.fromObject(object.models[i], _depth + 1);
                }
            }
            return message;
        };

        Decision.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults)
                object.models = [];
            if (options.defaults) {
                object.cause = options.enums === $String ? "ALL" : 0;
                object.decider = "";
                object.budgetMs = 0;
                object.elapsed = 0;
            }
            if (message.cause != null && $Object.hasOwnProperty.call(message, "cause"))
                object.cause = options.enums === $String ? $root.sluice.Decision.Cause[message.cause] === $undefined ? message.cause : $root.sluice.Decision.Cause[message.cause] : message.cause;
            if (message.decider != null && $Object.hasOwnProperty.call(message, "decider"))
                object.decider = message.decider;
            if (message.budgetMs != null && $Object.hasOwnProperty.call(message, "budgetMs"))
                object.budgetMs = message.budgetMs;
            if (message.elapsed != null && $Object.hasOwnProperty.call(message, "elapsed"))
                object.elapsed = options.json && !$isFinite(message.elapsed) ? $String(message.elapsed) : message.elapsed;
            if (message.models && message.models.length) {
                object.models = $Array(message.models.length);
                for (let j = 0; j < message.models.length; ++j)
                    object.models[j] = $root.sluice.RacedModel.toObject(message.models[j], options, _depth + 1);
            }
            return object;
        };

        Decision.prototype.toJSON = function() {
            return Decision.toObject(this, $protobuf.util.toJSONOptions);
        };

        Decision.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.Decision";
        };

        Decision.Cause = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "ALL"] = 0;
            values[valuesById[1] = "EARLY"] = 1;
            values[valuesById[2] = "TIMEOUT"] = 2;
            values[valuesById[3] = "FALLBACK"] = 3;
            return values;
        })();

        return Decision;
    })();

    sluice.RacedModel = (function() {

        const RacedModel = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        RacedModel.prototype.name = "";
        RacedModel.prototype.version = $util.Long ? $util.Long.fromBits(0,0,true) : 0;
        RacedModel.prototype.hash = $util.newBuffer([]);
        RacedModel.prototype.part = 0;
        RacedModel.prototype.elapsed = null;
        RacedModel.prototype.score = null;
        RacedModel.prototype.label = "";
        RacedModel.prototype.error = "";
        RacedModel.prototype.fallback = false;

        let $oneOfFields;

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(RacedModel.prototype, "_elapsed", {
            get: $util.oneOfGetter($oneOfFields = ["elapsed"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        // Virtual OneOf for proto3 optional field
        $Object.defineProperty(RacedModel.prototype, "_score", {
            get: $util.oneOfGetter($oneOfFields = ["score"]),
            set: $util.oneOfSetter($oneOfFields)
        });

        RacedModel.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.version != null && $Object.hasOwnProperty.call(message, "version") && (typeof message.version === "object" ? message.version.low || message.version.high : message.version !== 0))
                writer.uint32(16).uint64(message.version);
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash") && message.hash.length)
                writer.uint32(26).bytes(message.hash);
            if (message.part != null && $Object.hasOwnProperty.call(message, "part") && message.part !== 0)
                writer.uint32(32).int32(message.part);
            if (message.elapsed != null && $Object.hasOwnProperty.call(message, "elapsed"))
                writer.uint32(41).double(message.elapsed);
            if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                writer.uint32(49).double(message.score);
            if (message.label != null && $Object.hasOwnProperty.call(message, "label") && message.label !== "")
                writer.uint32(58).string(message.label);
            if (message.error != null && $Object.hasOwnProperty.call(message, "error") && message.error !== "")
                writer.uint32(66).string(message.error);
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback") && message.fallback !== false)
                writer.uint32(72).bool(message.fallback);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        RacedModel.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.RacedModel();
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
                        if (typeof (value = reader.uint64()) === "object" ? value.low || value.high : value !== 0)
                            message.version = value;
                        else
                            delete message.version;
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.bytes()).length)
                            message.hash = value;
                        else
                            delete message.hash;
                        continue;
                    }
                case 4: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.int32())
                            message.part = value;
                        else
                            delete message.part;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        message.elapsed = reader.double();
                        message._elapsed = "elapsed";
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        message.score = reader.double();
                        message._score = "score";
                        continue;
                    }
                case 7: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.label = value;
                        else
                            delete message.label;
                        continue;
                    }
                case 8: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.error = value;
                        else
                            delete message.error;
                        continue;
                    }
                case 9: {
                        if (wireType !== 0)
                            break;
                        if (value = reader.bool())
                            message.fallback = value;
                        else
                            delete message.fallback;
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

        RacedModel.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.RacedModel)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.RacedModel: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.RacedModel();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
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
            if (object.hash != null)
                if (object.hash.length)
                    if (typeof object.hash === "string")
                        $util.base64.decode(object.hash, message.hash = $util.newBuffer($util.base64.length(object.hash)), 0);
                    else if (object.hash.length >= 0)
                        message.hash = object.hash;
            if (object.part !== 0 && (typeof object.part !== "string" || $root.sluice.RacedModel.Part[object.part] !== 0))
                switch (object.part) {
                case "MISSING":
                case 0:
                    message.part = 0;
                    break;
                case "CONTRIBUTED":
                case 1:
                    message.part = 1;
                    break;
                case "OUTVOTED":
                case 2:
                    message.part = 2;
                    break;
                case "ABSTAINED":
                case 3:
                    message.part = 3;
                    break;
                case "FAILED":
                case 4:
                    message.part = 4;
                    break;
                default:
                    if (typeof object.part === "number" && (object.part | 0) === object.part)
                        message.part = object.part;
                }
            if (object.elapsed != null)
                message.elapsed = $Number(object.elapsed);
            if (object.score != null)
                message.score = $Number(object.score);
            if (object.label != null)
                if (typeof object.label !== "string" || object.label.length)
                    message.label = $String(object.label);
            if (object.error != null)
                if (typeof object.error !== "string" || object.error.length)
                    message.error = $String(object.error);
            if (object.fallback != null)
                if (object.fallback)
                    message.fallback = $Boolean(object.fallback);
            return message;
        };

        RacedModel.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.name = "";
                if ($util.Long) {
                    let long = new $util.Long(0, 0, true);
                    object.version = options.longs === $String ? long.toString() : options.longs === $Number ? long.toNumber() : typeof $BigInt !== "undefined" && options.longs === $BigInt ? long.toBigInt() : long;
                } else
                    object.version = options.longs === $String ? "0" : typeof $BigInt !== "undefined" && options.longs === $BigInt ? $BigInt("0") : 0;
                if (options.bytes === $String)
                    object.hash = "";
                else {
                    object.hash = [];
                    if (options.bytes !== $Array)
                        object.hash = $util.newBuffer(object.hash);
                }
                object.part = options.enums === $String ? "MISSING" : 0;
                object.label = "";
                object.error = "";
                object.fallback = false;
            }
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.version != null && $Object.hasOwnProperty.call(message, "version"))
                if (typeof $BigInt !== "undefined" && options.longs === $BigInt)
                    object.version = typeof message.version === "number" ? $BigInt(message.version) : $util.Long.fromBits(message.version.low >>> 0, message.version.high >>> 0, true).toBigInt();
                else if (typeof message.version === "number")
                    object.version = options.longs === $String ? $String(message.version) : message.version;
                else
                    object.version = options.longs === $String ? $util.Long.prototype.toString.call(message.version) : options.longs === $Number ? new $util.LongBits(message.version.low >>> 0, message.version.high >>> 0).toNumber(true) : message.version;
            if (message.hash != null && $Object.hasOwnProperty.call(message, "hash"))
                object.hash = options.bytes === $String ? $util.base64.encode(message.hash, 0, message.hash.length) : options.bytes === $Array ? $Array.prototype.slice.call(message.hash) : message.hash;
            if (message.part != null && $Object.hasOwnProperty.call(message, "part"))
                object.part = options.enums === $String ? $root.sluice.RacedModel.Part[message.part] === $undefined ? message.part : $root.sluice.RacedModel.Part[message.part] : message.part;
            if (message.elapsed != null && $Object.hasOwnProperty.call(message, "elapsed"))
                object.elapsed = options.json && !$isFinite(message.elapsed) ? $String(message.elapsed) : message.elapsed;
            if (message.score != null && $Object.hasOwnProperty.call(message, "score"))
                object.score = options.json && !$isFinite(message.score) ? $String(message.score) : message.score;
            if (message.label != null && $Object.hasOwnProperty.call(message, "label"))
                object.label = message.label;
            if (message.error != null && $Object.hasOwnProperty.call(message, "error"))
                object.error = message.error;
            if (message.fallback != null && $Object.hasOwnProperty.call(message, "fallback"))
                object.fallback = message.fallback;
            return object;
        };

        RacedModel.prototype.toJSON = function() {
            return RacedModel.toObject(this, $protobuf.util.toJSONOptions);
        };

        RacedModel.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.RacedModel";
        };

        RacedModel.Part = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "MISSING"] = 0;
            values[valuesById[1] = "CONTRIBUTED"] = 1;
            values[valuesById[2] = "OUTVOTED"] = 2;
            values[valuesById[3] = "ABSTAINED"] = 3;
            values[valuesById[4] = "FAILED"] = 4;
            return values;
        })();

        return RacedModel;
    })();

    sluice.NamedOutput = (function() {

        const NamedOutput = function (properties) {
            this.numbers = [];
            this.texts = [];
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        NamedOutput.prototype.name = "";
        NamedOutput.prototype.numbers = $util.emptyArray;
        NamedOutput.prototype.texts = $util.emptyArray;

        NamedOutput.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.name != null && $Object.hasOwnProperty.call(message, "name") && message.name !== "")
                writer.uint32(10).string(message.name);
            if (message.numbers != null && message.numbers.length)
                writer.uint32(18).doubles(message.numbers);
            if (message.texts != null && message.texts.length)
                for (let i = 0; i < message.texts.length; ++i)
                    writer.uint32(26).string(message.texts[i]);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        NamedOutput.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.NamedOutput();
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
                        if (wireType === 2) {
                            if (!(message.numbers && message.numbers.length))
                                message.numbers = [];
                            reader.doubles(message.numbers);
                            continue;
                        }
                        if (wireType !== 1)
                            break;
                        if (!(message.numbers && message.numbers.length))
                            message.numbers = [];
                        message.numbers.push(reader.double());
                        continue;
                    }
                case 3: {
                        if (wireType !== 2)
                            break;
                        if (!(message.texts && message.texts.length))
                            message.texts = [];
                        message.texts.push(reader.stringVerify());
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

        NamedOutput.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.NamedOutput)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.NamedOutput: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.NamedOutput();
            if (object.name != null)
                if (typeof object.name !== "string" || object.name.length)
                    message.name = $String(object.name);
            if (object.numbers) {
                if (!$Array.isArray(object.numbers))
                    throw $TypeError(".sluice.NamedOutput.numbers: array expected");
                message.numbers = $Array(object.numbers.length);
                for (let i = 0; i < object.numbers.length; ++i)
                    message.numbers[i] = $Number(object.numbers[i]);
            }
            if (object.texts) {
                if (!$Array.isArray(object.texts))
                    throw $TypeError(".sluice.NamedOutput.texts: array expected");
                message.texts = $Array(object.texts.length);
                for (let i = 0; i < object.texts.length; ++i)
                    message.texts[i] = $String(object.texts[i]);
            }
            return message;
        };

        NamedOutput.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.arrays || options.defaults) {
                object.numbers = [];
                object.texts = [];
            }
            if (options.defaults)
                object.name = "";
            if (message.name != null && $Object.hasOwnProperty.call(message, "name"))
                object.name = message.name;
            if (message.numbers && message.numbers.length) {
                object.numbers = $Array(message.numbers.length);
                for (let j = 0; j < message.numbers.length; ++j)
                    object.numbers[j] = options.json && !$isFinite(message.numbers[j]) ? $String(message.numbers[j]) : message.numbers[j];
            }
            if (message.texts && message.texts.length) {
                object.texts = $Array(message.texts.length);
                for (let j = 0; j < message.texts.length; ++j)
                    object.texts[j] = message.texts[j];
            }
            return object;
        };

        NamedOutput.prototype.toJSON = function() {
            return NamedOutput.toObject(this, $protobuf.util.toJSONOptions);
        };

        NamedOutput.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.NamedOutput";
        };

        return NamedOutput;
    })();

    sluice.WineRecord = (function() {

        const WineRecord = function (properties) {
            if (properties)
                for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                    if (properties[keys[i]] != null && keys[i] !== "__proto__")
                        this[keys[i]] = properties[keys[i]];
        };

        WineRecord.prototype.fixed_acidity = 0;
        WineRecord.prototype.volatile_acidity = 0;
        WineRecord.prototype.citric_acid = 0;
        WineRecord.prototype.residual_sugar = 0;
        WineRecord.prototype.chlorides = 0;
        WineRecord.prototype.free_sulfur_dioxide = 0;
        WineRecord.prototype.total_sulfur_dioxide = 0;
        WineRecord.prototype.density = 0;
        WineRecord.prototype.pH = 0;
        WineRecord.prototype.sulphates = 0;
        WineRecord.prototype.alcohol = 0;
        WineRecord.prototype.dataType = "";

        WineRecord.encode = function (message, writer, _depth) {
            if (!writer)
                writer = $Writer.create();
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            if (message.fixed_acidity != null && $Object.hasOwnProperty.call(message, "fixed_acidity") && !$Object.is(message.fixed_acidity, 0))
                writer.uint32(9).double(message.fixed_acidity);
            if (message.volatile_acidity != null && $Object.hasOwnProperty.call(message, "volatile_acidity") && !$Object.is(message.volatile_acidity, 0))
                writer.uint32(17).double(message.volatile_acidity);
            if (message.citric_acid != null && $Object.hasOwnProperty.call(message, "citric_acid") && !$Object.is(message.citric_acid, 0))
                writer.uint32(25).double(message.citric_acid);
            if (message.residual_sugar != null && $Object.hasOwnProperty.call(message, "residual_sugar") && !$Object.is(message.residual_sugar, 0))
                writer.uint32(33).double(message.residual_sugar);
            if (message.chlorides != null && $Object.hasOwnProperty.call(message, "chlorides") && !$Object.is(message.chlorides, 0))
                writer.uint32(41).double(message.chlorides);
            if (message.free_sulfur_dioxide != null && $Object.hasOwnProperty.call(message, "free_sulfur_dioxide") && !$Object.is(message.free_sulfur_dioxide, 0))
                writer.uint32(49).double(message.free_sulfur_dioxide);
            if (message.total_sulfur_dioxide != null && $Object.hasOwnProperty.call(message, "total_sulfur_dioxide") && !$Object.is(message.total_sulfur_dioxide, 0))
                writer.uint32(57).double(message.total_sulfur_dioxide);
            if (message.density != null && $Object.hasOwnProperty.call(message, "density") && !$Object.is(message.density, 0))
                writer.uint32(65).double(message.density);
            if (message.pH != null && $Object.hasOwnProperty.call(message, "pH") && !$Object.is(message.pH, 0))
                writer.uint32(73).double(message.pH);
            if (message.sulphates != null && $Object.hasOwnProperty.call(message, "sulphates") && !$Object.is(message.sulphates, 0))
                writer.uint32(81).double(message.sulphates);
            if (message.alcohol != null && $Object.hasOwnProperty.call(message, "alcohol") && !$Object.is(message.alcohol, 0))
                writer.uint32(89).double(message.alcohol);
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType") && message.dataType !== "")
                writer.uint32(98).string(message.dataType);
            if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                for (let i = 0; i < message.$unknowns.length; ++i)
                    writer.raw(message.$unknowns[i]);
            return writer;
        };

        WineRecord.decode = function (reader, length, _end, _depth, _target) {
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
            message = _target || new $root.sluice.WineRecord();
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
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.fixed_acidity = value;
                        else
                            delete message.fixed_acidity;
                        continue;
                    }
                case 2: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.volatile_acidity = value;
                        else
                            delete message.volatile_acidity;
                        continue;
                    }
                case 3: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.citric_acid = value;
                        else
                            delete message.citric_acid;
                        continue;
                    }
                case 4: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.residual_sugar = value;
                        else
                            delete message.residual_sugar;
                        continue;
                    }
                case 5: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.chlorides = value;
                        else
                            delete message.chlorides;
                        continue;
                    }
                case 6: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.free_sulfur_dioxide = value;
                        else
                            delete message.free_sulfur_dioxide;
                        continue;
                    }
                case 7: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.total_sulfur_dioxide = value;
                        else
                            delete message.total_sulfur_dioxide;
                        continue;
                    }
                case 8: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.density = value;
                        else
                            delete message.density;
                        continue;
                    }
                case 9: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.pH = value;
                        else
                            delete message.pH;
                        continue;
                    }
                case 10: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.sulphates = value;
                        else
                            delete message.sulphates;
                        continue;
                    }
                case 11: {
                        if (wireType !== 1)
                            break;
                        if (!$Object.is(value = reader.double(), 0))
                            message.alcohol = value;
                        else
                            delete message.alcohol;
                        continue;
                    }
                case 12: {
                        if (wireType !== 2)
                            break;
                        if ((value = reader.stringVerify()).length)
                            message.dataType = value;
                        else
                            delete message.dataType;
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

        WineRecord.fromObject = function (object, _depth) {
            if (object instanceof $root.sluice.WineRecord)
                return object;
            if (!$util.isObject(object))
                throw $TypeError(".sluice.WineRecord: object expected");
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let message = new $root.sluice.WineRecord();
            if (object.fixed_acidity != null)
                if (!$Object.is($Number(object.fixed_acidity), 0))
                    message.fixed_acidity = $Number(object.fixed_acidity);
            if (object.volatile_acidity != null)
                if (!$Object.is($Number(object.volatile_acidity), 0))
                    message.volatile_acidity = $Number(object.volatile_acidity);
            if (object.citric_acid != null)
                if (!$Object.is($Number(object.citric_acid), 0))
                    message.citric_acid = $Number(object.citric_acid);
            if (object.residual_sugar != null)
                if (!$Object.is($Number(object.residual_sugar), 0))
                    message.residual_sugar = $Number(object.residual_sugar);
            if (object.chlorides != null)
                if (!$Object.is($Number(object.chlorides), 0))
                    message.chlorides = $Number(object.chlorides);
            if (object.free_sulfur_dioxide != null)
                if (!$Object.is($Number(object.free_sulfur_dioxide), 0))
                    message.free_sulfur_dioxide = $Number(object.free_sulfur_dioxide);
            if (object.total_sulfur_dioxide != null)
                if (!$Object.is($Number(object.total_sulfur_dioxide), 0))
                    message.total_sulfur_dioxide = $Number(object.total_sulfur_dioxide);
            if (object.density != null)
                if (!$Object.is($Number(object.density), 0))
                    message.density = $Number(object.density);
            if (object.pH != null)
                if (!$Object.is($Number(object.pH), 0))
                    message.pH = $Number(object.pH);
            if (object.sulphates != null)
                if (!$Object.is($Number(object.sulphates), 0))
                    message.sulphates = $Number(object.sulphates);
            if (object.alcohol != null)
                if (!$Object.is($Number(object.alcohol), 0))
                    message.alcohol = $Number(object.alcohol);
            if (object.dataType != null)
                if (typeof object.dataType !== "string" || object.dataType.length)
                    message.dataType = $String(object.dataType);
            return message;
        };

        WineRecord.toObject = function (message, options, _depth) {
            if (!options)
                options = {};
            if (_depth === $undefined)
                _depth = 0;
            if (_depth > $util.recursionLimit)
                throw $Error("max depth exceeded");
            let object = {};
            if (options.defaults) {
                object.fixed_acidity = 0;
                object.volatile_acidity = 0;
                object.citric_acid = 0;
                object.residual_sugar = 0;
                object.chlorides = 0;
                object.free_sulfur_dioxide = 0;
                object.total_sulfur_dioxide = 0;
                object.density = 0;
                object.pH = 0;
                object.sulphates = 0;
                object.alcohol = 0;
                object.dataType = "";
            }
            if (message.fixed_acidity != null && $Object.hasOwnProperty.call(message, "fixed_acidity"))
                object.fixed_acidity = options.json && !$isFinite(message.fixed_acidity) ? $String(message.fixed_acidity) : message.fixed_acidity;
            if (message.volatile_acidity != null && $Object.hasOwnProperty.call(message, "volatile_acidity"))
                object.volatile_acidity = options.json && !$isFinite(message.volatile_acidity) ? $String(message.volatile_acidity) : message.volatile_acidity;
            if (message.citric_acid != null && $Object.hasOwnProperty.call(message, "citric_acid"))
                object.citric_acid = options.json && !$isFinite(message.citric_acid) ? $String(message.citric_acid) : message.citric_acid;
            if (message.residual_sugar != null && $Object.hasOwnProperty.call(message, "residual_sugar"))
                object.residual_sugar = options.json && !$isFinite(message.residual_sugar) ? $String(message.residual_sugar) : message.residual_sugar;
            if (message.chlorides != null && $Object.hasOwnProperty.call(message, "chlorides"))
                object.chlorides = options.json && !$isFinite(message.chlorides) ? $String(message.chlorides) : message.chlorides;
            if (message.free_sulfur_dioxide != null && $Object.hasOwnProperty.call(message, "free_sulfur_dioxide"))
                object.free_sulfur_dioxide = options.json && !$isFinite(message.free_sulfur_dioxide) ? $String(message.free_sulfur_dioxide) : message.free_sulfur_dioxide;
            if (message.total_sulfur_dioxide != null && $Object.hasOwnProperty.call(message, "total_sulfur_dioxide"))
                object.total_sulfur_dioxide = options.json && !$isFinite(message.total_sulfur_dioxide) ? $String(message.total_sulfur_dioxide) : message.total_sulfur_dioxide;
            if (message.density != null && $Object.hasOwnProperty.call(message, "density"))
                object.density = options.json && !$isFinite(message.density) ? $String(message.density) : message.density;
            if (message.pH != null && $Object.hasOwnProperty.call(message, "pH"))
                object.pH = options.json && !$isFinite(message.pH) ? $String(message.pH) : message.pH;
            if (message.sulphates != null && $Object.hasOwnProperty.call(message, "sulphates"))
                object.sulphates = options.json && !$isFinite(message.sulphates) ? $String(message.sulphates) : message.sulphates;
            if (message.alcohol != null && $Object.hasOwnProperty.call(message, "alcohol"))
                object.alcohol = options.json && !$isFinite(message.alcohol) ? $String(message.alcohol) : message.alcohol;
            if (message.dataType != null && $Object.hasOwnProperty.call(message, "dataType"))
                object.dataType = message.dataType;
            return object;
        };

        WineRecord.prototype.toJSON = function() {
            return WineRecord.toObject(this, $protobuf.util.toJSONOptions);
        };

        WineRecord.getTypeUrl = function(prefix) {
            if (prefix === $undefined)
                prefix = "type.googleapis.com";
            return prefix + "/sluice.WineRecord";
        };

        return WineRecord;
    })();

    return sluice;
})();

export {
  $root as default
};
