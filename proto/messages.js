/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError, $TypeError = $util.global.TypeError, $Number = $util.global.Number, $isFinite = $util.global.isFinite, $String = $util.global.String, $Array = $util.global.Array, $parseInt = $util.global.parseInt, $BigInt = $util.global.BigInt;

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
            return values;
        })();

        return ModelDescriptor;
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
            if (options.arrays || options.defaults)
                object.outputs = [];
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
