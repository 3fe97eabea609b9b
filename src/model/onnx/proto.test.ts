import protobuf from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { DataType, encodeModel, type Model } from './proto.ts';

/** The messages as onnx.proto declares them, as far as they are written here, and a few fields that must stay empty. */
const schema = protobuf.parse(
  `
  syntax = "proto2";
  message AttributeProto {
    optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
    repeated float floats = 7; repeated int64 ints = 8; optional int32 type = 20;
  }
  message ValueInfoProto { optional string name = 1; optional TypeProto type = 2; optional string doc_string = 3; }
  message NodeProto {
    repeated string input = 1; repeated string output = 2; optional string name = 3; optional string op_type = 4;
    repeated AttributeProto attribute = 5; optional string doc_string = 6; optional string domain = 7;
  }
  message StringStringEntryProto { optional string key = 1; optional string value = 2; }
  message OperatorSetIdProto { optional string domain = 1; optional int64 version = 2; }
  message ModelProto {
    optional int64 ir_version = 1; optional string producer_name = 2; optional string domain = 4;
    optional string doc_string = 6; optional GraphProto graph = 7; repeated OperatorSetIdProto opset_import = 8;
  }
  message GraphProto {
    repeated NodeProto node = 1; optional string name = 2; repeated TensorProto initializer = 5;
    optional string doc_string = 10; repeated ValueInfoProto input = 11; repeated ValueInfoProto output = 12;
  }
  message TensorProto {
    repeated int64 dims = 1; optional int32 data_type = 2; repeated float float_data = 4 [packed = true];
    optional string name = 8; optional bytes raw_data = 9;
    repeated StringStringEntryProto external_data = 13; optional int32 data_location = 14;
  }
  message TypeProto {
    message Tensor { optional int32 elem_type = 1; optional TensorShapeProto shape = 2; }
    optional Tensor tensor_type = 1;
  }
  message TensorShapeProto {
    message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
    repeated Dimension dim = 1;
  }`,
  { keepCase: true },
).root;

const model: Model = {
  name: 'tiny',
  description: 'x w + b',
  nodes: [
    {
      name: 'product',
      op: 'MatMul',
      domain: '',
      inputs: ['x', 'w'],
      outputs: ['product'],
      attributes: {},
    },
    {
      name: 'y',
      op: 'FastGelu',
      domain: 'com.microsoft',
      inputs: ['product', '', 'b'],
      outputs: ['y'],
      attributes: { axis: -1, epsilon: { float: 0.5 }, mode: 'none', perm: [1, 0, -7] },
    },
  ],
  initializers: [
    {
      name: 'w',
      type: DataType.FLOAT16,
      dims: [2, 300],
      data: { location: 'model.safetensors', offset: 7192, length: 1200 },
    },
    { name: 'b', type: DataType.FLOAT, dims: [1], data: new Uint8Array([0, 0, 128, 63]) },
  ],
  inputs: [{ name: 'x', type: DataType.FLOAT, dims: ['batch', 2] }],
  outputs: [{ name: 'y', type: DataType.FLOAT, dims: ['batch', 300] }],
};

const join = (parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const decode = (bytes: Uint8Array): Record<string, unknown> => {
  const type = schema.lookupType('ModelProto');
  return type.toObject(type.decode(bytes), { longs: Number });
};

const float = (dims: object[]) => ({ tensor_type: { elem_type: 1, shape: { dim: dims } } });
const b = { name: 'b', data_type: 1, dims: [1], raw_data: Uint8Array.of(0, 0, 128, 63) };
const decoded = {
  ir_version: 8,
  producer_name: 'unmask',
  doc_string: 'x w + b',
  opset_import: [
    { domain: '', version: 17 },
    { domain: 'com.microsoft', version: 1 },
  ],
  graph: {
    name: 'tiny',
    node: [
      { name: 'product', op_type: 'MatMul', input: ['x', 'w'], output: ['product'] },
      {
        name: 'y',
        op_type: 'FastGelu',
        domain: 'com.microsoft',
        input: ['product', '', 'b'],
        output: ['y'],
        attribute: [
          { name: 'axis', i: -1, type: 2 },
          { name: 'epsilon', f: 0.5, type: 1 },
          { name: 'mode', s: new TextEncoder().encode('none'), type: 3 },
          { name: 'perm', ints: [1, 0, -7], type: 7 },
        ],
      },
    ],
    input: [{ name: 'x', type: float([{ dim_param: 'batch' }, { dim_value: 2 }]) }],
    output: [{ name: 'y', type: float([{ dim_param: 'batch' }, { dim_value: 300 }]) }],
  },
};

describe('an encoded model', () => {
  it('reads as it was meant by the schema, and refers to ranges of files', () => {
    const { parts, bytes } = encodeModel(model, 'external');
    const joined = join(parts as Uint8Array[]);
    expect(joined).toHaveLength(bytes);
    const external_data = [
      { key: 'location', value: 'model.safetensors' },
      { key: 'offset', value: '7192' },
      { key: 'length', value: '1200' },
    ];
    const w = { name: 'w', data_type: 10, dims: [2, 300], data_location: 1, external_data };
    const wanted = { ...decoded, graph: { ...decoded.graph, initializer: [w, b] } };
    // Empty lists and defaults are left out by toObject.
    expect(decode(joined)).toEqual(wanted);
  });

  it('leaves room for the bytes of ranges where they are to be embedded', () => {
    const { parts, bytes } = encodeModel(model, 'embedded');
    const values = Uint8Array.from({ length: 1200 }, (_, i) => i);
    const ranges = parts.filter((part) => 'location' in part);
    expect(ranges).toEqual([model.initializers[0].data]);
    const joined = join(parts.map((part) => ('location' in part ? values : part)));
    expect(joined).toHaveLength(bytes);
    const w = { name: 'w', data_type: 10, dims: [2, 300], raw_data: values };
    expect(decode(joined)).toEqual({ ...decoded, graph: { ...decoded.graph, initializer: [w, b] } });
  });
});
